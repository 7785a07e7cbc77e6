"""claude-spread: a Claude Code session follows its developer from machine to machine.

The map (a module imports only from the layers above its own; `tests/test_layers.py` checks it):

    0   errors, paths
    1   distillation, transcript, redact, project, distill, claude, store, peers, config
    1p  protocol.crypto, protocol.envelope, protocol.wire, protocol.room, protocol.mailbox, protocol.words
    2   hook (hot path, standard library only), plan, identity
    3   net.server, net.client, net.lan, net.stores, watch
    4   engine
    5   commands.*, cli
"""

__version__ = "0.1.0"
