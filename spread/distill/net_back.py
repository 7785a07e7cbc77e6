"""Edits that git took back: all of them, or those since the last commit of the session, which keeps what it holds."""

from collections.abc import Callable, Iterable

from spread.distill.net import Net, sum_up
from spread.distillation_paths import is_within


def keep(nets: dict[str, Net], line: int, held_since: Callable[[Iterable[str], int], Iterable[str]]) -> None:
    """Note which files the commit at a line may have taken."""
    for path in held_since(nets, line):
        nets[path].kept = line


def reverted(nets: dict[str, Net], path: str, line: int, *, whole: bool) -> None:
    """Git took back what was changed at or below a path since its last commit, or with what that held (`whole`)."""
    for known, net in nets.items():
        if is_within(known, path) and not net.undone:
            if net.kept and not whole:
                _to_commit(net, line)
            else:
                net.line = net.undone = line


def _to_commit(net: Net, line: int) -> None:
    sum_up(net)
    net.back = line
    net.raw = [each for each in net.raw if each[0] <= net.kept]
    net.summed = len(net.raw)
    net.sums = [each for each in net.sums if each[0] <= net.kept]
    net.total = net.sums[-1][1] if net.sums else 0
    net.line = net.raw[-1][0] if net.raw else min(net.settled or net.line, net.kept)
    net.came.clear()


def is_gone(nets: dict[str, Net], path: str, line: int) -> bool:
    """Tell whether an edit at a line was taken back by git after the commit before it."""
    net = nets.get(path)
    return net is not None and net.kept < line <= net.back
