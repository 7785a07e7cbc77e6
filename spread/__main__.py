"""`python -m spread`: the command, where its script is not on PATH."""

from spread.cli import script

if __name__ == "__main__":
    script()
