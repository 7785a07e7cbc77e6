"""The protocol without I/O: no files, clock, sockets or asyncio; clock and randomness are arguments."""
