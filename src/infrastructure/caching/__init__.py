"""What every cache does, whatever keeps the values: `TieredCache` over a `Tier`.

tiered     the port: near values, one computation for all who ask, refresh, stale values, counters
tier       what keeps the values, and what is kept
near       decoded values in the process
lifetimes  how long a value lives: jitter, early refresh, adaptation
figures    what the statistics are made of
"""
