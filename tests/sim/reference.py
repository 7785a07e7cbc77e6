"""What must hold, said without looking at how it is done: who is to be shown what, and who was."""

from dataclasses import dataclass, field


@dataclass
class Reference:
    """Every accepted hand-off reaches every entitled peer once, or its sender knows better; nothing goes elsewhere.

    A `goal` is the content of one hand-off, another one each time.
    """

    owed: dict[tuple[str, str], dict[str, str]] = field(
        default_factory=dict
    )  # by sender and peer: session, goal
    entitled: set[tuple[str, str, str]] = field(default_factory=set)  # sender, peer, goal
    order: dict[str, tuple[str, int]] = field(default_factory=dict)  # of a goal: its session and its number
    shown: set[tuple[str, str, str]] = field(default_factory=set)  # sender, peer, goal
    newest: dict[tuple[str, str, str], int] = field(
        default_factory=dict
    )  # sender, peer, session: last order shown

    def began(self, sender: str, session: str, goal: str, peers: list[str]) -> None:
        """A turn is being taken; from now on its peers may get it."""
        self.order.setdefault(goal, (session, len(self.order)))
        self.entitled |= {(sender, peer, goal) for peer in peers}

    def accepted(self, sender: str, session: str, goal: str, peers: list[str]) -> None:
        """A turn was taken: these peers are to have it, and need no longer have what came before it."""
        for peer in peers:
            self.owed.setdefault((sender, peer), {})[session] = goal

    def parted(self, sender: str, peer: str) -> None:
        """The sender knows that this peer gets nothing more."""
        self.owed.pop((sender, peer), None)

    def show(self, sender: str, peer: str, session: str, goal: str) -> None:
        """A session at `peer` was shown a hand-off."""
        key, order = (sender, peer, session), self.order[goal][1]
        assert (sender, peer, goal) in self.entitled, f"{peer} was shown {goal} of {sender}, not meant for it"
        assert (sender, peer, goal) not in self.shown, f"{peer} was shown {goal} of {sender} twice"
        assert order > self.newest.get(key, -1), f"{peer} was shown {goal} of {sender} after a newer one"
        self.shown.add((sender, peer, goal))
        self.newest[key] = order

    def check_known(self, holds: set[tuple[str, str, str]], debts: set[tuple[str, str, str]]) -> None:
        """At any time what was not shown lies in the peer's inbox, or is still a debt."""
        there = self.shown | holds | debts
        for (sender, peer), sessions in self.owed.items():
            for goal in sessions.values():
                session, number = self.order[goal]
                newer = (new for new, (its, n) in self.order.items() if its == session and n >= number)
                assert any((sender, peer, new) in there for new in newer), (
                    f"{sender} forgot {goal} for {peer}"
                )

    def check_end(self, holds: set[tuple[str, str, str]], debts: set[tuple[str, str, str]]) -> None:
        """When all is healed and every inbox was read, everybody has everything and nobody owes anything.

        What an inbox `holds` then was shown, or its owner has parted from the sender before it was.
        """
        there = self.shown | holds
        assert not debts, f"still owed: {sorted(debts)}"
        for (sender, peer), sessions in self.owed.items():
            missing = [goal for goal in sessions.values() if (sender, peer, goal) not in there]
            assert not missing, f"{peer} never got {missing} of {sender}"
