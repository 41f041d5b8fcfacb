"""Router, logic and human: one agent, one file."""
