"""Airtable as the booking store. The lowest layer:

wire       one base: its calls, paced, counted and retried where that is safe; its health
limiter    whose turn it is: priorities, and the allowance that all processes share
transport  one request on a thread of ours, by pyairtable
errors     how Airtable fails, in our own words
"""
