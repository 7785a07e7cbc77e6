"""One file a command, each with `run(...) -> int`; imported only when it runs."""
