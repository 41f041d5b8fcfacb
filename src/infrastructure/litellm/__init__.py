"""Language models through litellm: any provider it knows.

model     the adapter; litellm itself is imported when the first one is built
errors    litellm's exceptions in the program's own words
figures   prices, end dates and tokenizers from litellm's data files, read without importing it
"""
