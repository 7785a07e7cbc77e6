"""claude-spread: a Claude Code session follows its developer from machine to machine.

The map (a module imports only from the layers above its own; `tests/test_layers.py` checks it):

    0   claude, errors, paths
    1   distillation, ignore, transcript, redact, project, distill, settings, narrative, names, sequences
    1   config, store, accepted, history, search, farewells, tidy, peers, rules, resources
    1p  protocol.crypto, protocol.envelope, protocol.wire, protocol.words, protocol.pairing
    1p  protocol.room, protocol.mailbox
    2   hook, statusline (hot paths, standard library only), plan, fingerprint, identity
    3   net.metrics, net.addresses, net.bounds, net.doorstep, net.strangers, net.flow, net.daily, net.reach
    3   net.frames, net.guests, net.inside, net.stores, net.siblings
    3   net.rooms, net.server, net.redis, net.client, net.meet, net.lan, net.links, watch
    4   intake, enrich, mailroom, courier, engine
    5   commands.*, ui, commands.ui, cli, __main__

A module that grew too long is several files of its name (`redact_rules` belongs to `redact`), or a package
(`distill.files` to `distill`). What each is for:
`transcript` reads a session, `distill` boils it down, `redact` takes secrets out, `narrative` adds what Claude tells,
`ignore` keeps paths out of it, `store` is outbox and inbox, `accepted` what the user wants next, `history` says what
went where, `search` finds it, `tidy` keeps them small, `rules` says what may go to whom,
`intake` turns checkpoints into debts, `enrich` asks a client for a narrative, `plan` decides what to send, `mailroom`
seals and opens, `courier` carries.
"""

__version__ = "0.1.0"
