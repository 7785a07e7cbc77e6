"""A second, small reader of the protocol, written from RELAY_SERVER_SPEC.md alone: nothing of `spread` is imported.

It is what another implementation's first draft would be, and it must agree with `spread` on every vector in
`tests/vectors/`, on the layer that refuses too. It is for tests: nothing in it runs in constant time.
"""
