"""Words that a page may tell where it has room left: what the log did not take, orders, long prompts and plans."""

from collections.abc import Iterator
from typing import Final

from spread.distill.agents import KEPT_ORDER_CHARS
from spread.distill.heard import PLANNED
from spread.distill.ledger import Ledger
from spread.distill.record import Item
from spread.distill.said import Log
from spread.distill.words import sentences, unpasted

CODE: Final = "code"  # in what an agent said or reported
SAID: Final = "said"  # a statement that the log did not take
ASKED: Final = "asked"  # by the user, or by the agent of a sub-agent
PLAN: Final = "plan"
OF_WORDS: Final = (CODE, SAID, ASKED, PLAN)
PROMPT_CHARS: Final = 260  # of a prompt stand on the page in any case
READ_CHARS: Final = 3_000


def words_of(ledger: Ledger, log: Log) -> Iterator[Item]:
    """Yield what may be told."""
    for line, who, text, near in log.spare():
        yield Item(line, SAID, log.names.get(who, who), text, near)
    for turn in ledger.turns:
        said = {say.line: say for say in (turn.last, turn.longest) if say and not log.refuted(say.line)}
        for line, say in said.items():
            yield from _codes(line, "agent, in code", say.text)
        if len(turn.prompt.text) > PROMPT_CHARS:
            yield Item(turn.prompt.line, ASKED, "user", turn.prompt.text[:READ_CHARS])
    for agent in ledger.agents:
        if agent.order:
            what = f"order to the sub-agent “{agent.what}”"
            yield Item(agent.line or agent.ended_at, ASKED, what, agent.order)
        yield from _codes(agent.ended_at, "sub-agent, in code", agent.report)
    for name, (line, plan) in ledger.plans.items():
        yield Item(line, PLAN, f"{PLANNED}{name and f' in {name}'}", plan[:READ_CHARS])


def _codes(line: int, who: str, text: str) -> Iterator[Item]:
    for part in text.split("```")[1::2]:
        yield Item(line, CODE, who, part[:READ_CHARS])


def parted(text: str) -> str:
    """Return the sentences of an order or a plan, each on a line; of one that was cut not the last."""
    told = list(sentences(unpasted(text)))
    return "\n".join(told if len(text) < KEPT_ORDER_CHARS else told[:-1])
