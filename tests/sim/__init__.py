"""A model of several machines in one process."""
