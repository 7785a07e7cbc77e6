"""The real Claude Code client, driven offline: a stub of its API, an isolated HOME, an optional terminal."""
