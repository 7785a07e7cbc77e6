"""Measurements that are run by hand: what a person waits for, against its targets."""
