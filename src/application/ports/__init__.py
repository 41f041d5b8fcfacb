"""What the application asks of the outside, one Protocol per file."""
