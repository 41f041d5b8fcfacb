"""Airtable as far as a booking store needs it: a process of its own that speaks its HTTP.

Nothing here was checked against live Airtable; each behaviour follows the project's reference, and
what the reference leaves open is decided in the way that is harder on the client. What the emulator
does not know it refuses: a 422 whose `x-emulator-reason` header says what was not understood.

Start it with `python -m tests.support.airtable_emulator`, drive it in tests with `client`.
"""
