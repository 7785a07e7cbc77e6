"""Benchmarks: figures to look at, no tests, as times differ from machine to machine."""
