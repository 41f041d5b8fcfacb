"""The ledger's schema, step by step, forward only: an older program refuses a newer database."""

HEAD = "0003"
"""The revision that this code expects; a test holds it to be the last of `versions/`."""
