"""The cache on Redis or Valkey.

opening    `open_cache()`: from REDIS_URL to a running cache
target     what a REDIS_URL names, and the clients for it
server     a private Valkey of this process
store      commands to the server, its errors translated in one place
gate       how many connections are used at once, and how long anybody waits for one
envelope   how a value is written: header, checksum, compression
values     how the values of each namespace become bytes
columns    a day sheet in the form it is stored in
tier       `Tier` made of store, envelope and guard
news       invalidations: what other processes have changed
"""
