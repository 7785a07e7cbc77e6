"""Words that a page may tell where it has room left: what the log did not take, orders, long prompts and plans."""

from collections.abc import Iterator
from typing import Final

from spread.distill_agents import KEPT_ORDER_CHARS
from spread.distill_ledger import Ledger
from spread.distill_record import Item
from spread.distill_said import PLANNED, Log
from spread.distill_words import sentences, unpasted

CODE: Final = "code"  # of a sub-agent's report
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
        if len(turn.prompt.text) > PROMPT_CHARS:
            yield Item(turn.prompt.line, ASKED, "user", turn.prompt.text[:READ_CHARS])
    for agent in ledger.agents:
        if agent.order:
            what = f"order to the sub-agent “{agent.what}”"
            yield Item(agent.line or agent.ended_at, ASKED, what, agent.order)
        for part in agent.report.split("```")[1::2]:
            yield Item(agent.ended_at, CODE, "sub-agent, in code", part[:READ_CHARS])
    for name, (line, plan) in ledger.plans.items():
        yield Item(line, PLAN, f"{PLANNED}{name and f' in {name}'}", plan[:READ_CHARS])


def parted(text: str) -> str:
    """Return the sentences of an order or a plan, each on a line; of one that was cut not the last."""
    told = list(sentences(unpasted(text)))
    return "\n".join(told if len(text) < KEPT_ORDER_CHARS else told[:-1])
