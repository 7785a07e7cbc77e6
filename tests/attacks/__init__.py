"""One test an attack; each is first shown to succeed where the defence is taken away (README.md)."""
