"""The ledger on SQL: SQLite in one file, PostgreSQL for several machines, by the same statements."""
