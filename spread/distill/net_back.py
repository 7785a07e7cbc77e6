"""Edits that git took back: all of them, or those since the last commit of the session, which keeps what it holds.

A revert takes back those of a commit; edits after it may come to nothing by themselves.
"""

from collections.abc import Callable, Iterable
from typing import Final

from spread.distill.net import Net, sum_up
from spread.distillation_paths import is_within

MOST_BACK: Final = (
    2_000  # characters of edits that a revert may take back: until the next commit they are put by
)
MAX_GONE: Final = 8  # times that git took edits of one file back


def keep(
    nets: dict[str, Net],
    line: int,
    held_since: Callable[[Iterable[str], int], Iterable[str]],
    stashed: tuple[int, list[str]],
) -> None:
    """Note which files the commit at a line may have taken: not what a stash holds (its line, and of which files)."""
    since, aside = stashed
    for path in held_since(nets, line):
        net = nets[path]
        if net.line > (max(net.kept, since) if path in aside else net.kept):
            came = sum(len(old) + len(new) for at, _, old, new, _ in net.raw if at > net.kept)
            net.held, net.kept = net.kept if came <= MOST_BACK else 0, line


def reverted(nets: dict[str, Net], path: str, line: int, *, whole: bool, last: bool = False) -> None:
    """Git took back what was changed at or below a path since its last commit, or with what commits held (`whole`).

    Args:
        last: With what the last one held.
    """
    for known, net in nets.items():
        if is_within(known, path) and not net.undone:
            if last:
                net.kept, net.held = net.held, 0
            partly = net.kept and not whole
            net.gone = [*net.gone[1 - MAX_GONE :], (net.kept if partly else 0, line)]
            if partly:
                _to_commit(net, line)
            else:
                net.line = net.undone = line


def _to_commit(net: Net, line: int) -> None:
    sum_up(net)
    net.raw = [each for each in net.raw if each[0] <= net.kept]
    net.summed = len(net.raw)
    net.sums = [each for each in net.sums if each[0] <= net.kept]
    net.total = net.sums[-1][1] if net.sums else 0
    net.line = net.raw[-1][0] if net.raw else min(net.settled or net.line, net.kept)
    net.came.clear()


def stands_as_at(net: Net, line: int) -> bool:
    """Tell whether the edits after a line, after one that is known, came to nothing."""
    if net.whole or net.undone:
        return False
    sum_up(net)
    before = [total for at, total in net.sums if at <= line]
    return bool(before) and before[-1] == net.total


def last_kept(nets: dict[str, Net]) -> int:
    """Return the line of the last commit that took edits of any file."""
    return max([0, *[net.kept for net in nets.values()]])


def may_go(net: Net, line: int) -> bool:
    """Tell whether a revert of the commit at a line, the last one, takes just the last edits, and those before are known."""
    return bool(net.held) and net.kept == line > net.line and net.settled <= net.held


def is_gone(nets: dict[str, Net], path: str, line: int) -> bool:
    """Tell whether git took back an edit at a line, whatever came after."""
    return gone_at(nets, path, line) > 0


def gone_at(nets: dict[str, Net], path: str, line: int) -> int:
    """Return the line where git took back an edit at a line, 0 where it did not."""
    return back_at(nets[path], line) if path in nets else 0


def back_at(net: Net, line: int) -> int:
    """Return the line where git took back an edit of a file at a line, 0 where it did not."""
    return next((back for since, back in net.gone if since < line <= back), 0)
