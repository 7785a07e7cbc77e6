"""What can go wrong, told as: what happened, why, what to do.

Every expected failure is a `SpreadError`; anything else that escapes is our bug. The children
differ in who can act on them.
"""

from typing import Final

from spread import claude

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130
MAX_CHARS: Final = 2000


class SpreadError(Exception):
    """A failure we expect and can explain.

    Args:
        what: What happened; lower case, no final period.
        why: The cause, if known.
        hint: What the user can do, a command where possible.
    """

    exit_code = EXIT_FAILED

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        self.what, self.why, self.hint = _one_line(what), _one_line(why), _one_line(hint)
        super().__init__(self.what)

    def lines(self) -> list[str]:
        """Return the lines shown on stderr."""
        out = [f"spread: error: {self.what}"]
        if self.why:
            out.append(f"spread: cause: {self.why}")
        if self.hint:
            out.append(f"spread: hint: {self.hint}")
        return out


def _one_line(text: str) -> str:
    """Return a part as one line that steers no terminal and has no markup: what a peer wrote may stand in it."""
    return claude.sanitise(text[:MAX_CHARS], MAX_CHARS)


class UsageError(SpreadError):
    """The command line makes no sense."""

    exit_code = EXIT_USAGE


class ConfigError(SpreadError):
    """A file the user may edit is wrong."""


class PairingError(SpreadError):
    """Pairing did not happen, or a peer is not who it was."""


class RoomError(SpreadError):
    """A room could not be used: wrong code, burned, gone."""


class RouteError(SpreadError):
    """A server could not be reached or did not do what was asked.

    Args:
        transient: Whether trying again later may help.
    """

    def __init__(self, what: str, *, why: str = "", hint: str = "", transient: bool = True) -> None:
        super().__init__(what, why=why, hint=hint)
        self.transient = transient


class TranscriptError(SpreadError):
    """A transcript cannot be read at all (single bad lines are skipped and counted)."""


class DistillationError(SpreadError):
    """A file that should be a distillation is not one."""


class NewerError(DistillationError):
    """A distillation is of a schema that only a newer version of ours reads."""


class EnvelopeError(SpreadError):
    """An envelope is not for us, not from who it says, or altered; which of these is not told."""


class ProtocolError(SpreadError):
    """The other side broke the protocol (our own misuse is an `assert`)."""


class StoreError(SpreadError):
    """One of our own directories cannot be read or written."""


class QuotaError(StoreError):
    """A peer has sent more than may wait here; the rest stays with it."""
