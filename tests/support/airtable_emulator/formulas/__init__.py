"""The part of Airtable's formula language that the reference lists; anything else is refused."""
