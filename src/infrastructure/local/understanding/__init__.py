"""What guests say, read by rules: Spanish and English, table by table.

text       a message cleaned and folded, character for character
language   which of the two languages it is in
numbers    small numbers in digits and words
contact    e-mails, phones, booking codes, last four digits
party      how many come
names      in whose name
requests   allergies, occasions, wishes, preferences
house      the venue's own words: services, people, tables, topics
moments    which of the days and times said is the wish and which the booking to change
choices    which of the offers is meant
intents    what the guest wants
"""
