"""HTTP: requests in, `handle_message` and the use cases called, responses out."""
