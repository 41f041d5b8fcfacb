"""Venue files: a house written down in YAML, read into the domain's `Venue`."""
