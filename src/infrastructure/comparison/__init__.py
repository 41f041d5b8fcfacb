"""Scripted guests who talk to the engine, and what two model settings make of the same talk."""
