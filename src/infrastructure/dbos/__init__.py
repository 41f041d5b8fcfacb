"""Background work that survives its process, on DBOS."""
