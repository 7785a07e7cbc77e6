"""Hostile input for every parser: `python -m tests.fuzz [--seconds N] [--inputs N] [TARGET …]`."""
