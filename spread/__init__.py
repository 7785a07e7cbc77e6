"""claude-spread: a Claude Code session follows its developer from machine to machine.

The map (a module imports only from the layers above its own; `tests/test_layers.py` checks it):

    0   errors, paths
    1   distillation, transcript, redact, project, distill, claude, narrative, store, peers, config, resources
    1p  protocol.crypto, protocol.envelope, protocol.wire, protocol.words, protocol.room, protocol.mailbox
    2   hook (hot path, standard library only), plan, identity
    3   net.stores, net.siblings, net.rooms, net.server, net.redis, net.client, net.meet, net.lan, watch
    4   intake, enrich, mailroom, courier, engine
    5   commands.*, cli

A module that grew too long is several files of its name (`distill_files` belongs to `distill`). What each is for:
`transcript` reads a session, `distill` boils it down, `redact` takes secrets out, `narrative` adds what Claude tells,
`store` is outbox and inbox, `intake` turns checkpoints into debts, `enrich` asks a client for a narrative, `plan`
decides what to send, `mailroom` seals and opens, `courier` carries.
"""

__version__ = "0.1.0"
