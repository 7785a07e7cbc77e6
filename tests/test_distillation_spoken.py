"""How the user's own words keep their room on the page."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from spread.distillation_spoken import CHARS, lacking, share_of, whole, without_rules
from tests.distill.lines import Lines

NAMES = ("cache", "lock", "index", "queue", "parser", "mirror", "ledger", "socket")


def _wish(name: str) -> str:
    return (
        f"At noon the {name} lost what it had, as the disk was full. It could lose "
        f"the newest entry of the {name} and not all the older ones."
    )


def _talk(name: str, other: str) -> str:
    return "\n".join(
        f"The {name} module {number} reads the {other} table first, so its counter {number * 7} is `{name}_{number}`."
        for number in range(6)
    )


def test_short_wishes_of_the_user_stand_whole(tmp_path: Path) -> None:
    """However much the agent says: its remarks on the way make room for them."""
    lines = Lines()
    lines.user("please make the service survive a full disk")
    for name, other in zip(NAMES, reversed(NAMES), strict=True):
        lines.say(_talk(name, other))
        for at in range(2):
            lines.tool(
                "Bash",
                {"command": f"make {name}{at}"},
                f"Error: the {other} of {name}{at} has no table",
                error=True,
            )
            new = f"def {name}_{at}(size: int) -> int:\n    return size + {at}\n"
            path = f"/home/dev/app/{name}/{other}_{at}.py"
            lines.tool("Edit", {"file_path": path, "old_string": "pass\n", "new_string": new})
        lines.user(_wish(name))
    lines.say("All of them do that now.")
    page = " ".join(body(distill(lines.save(tmp_path), machine="m").to_markdown()).split())
    assert [name for name in NAMES if _wish(name) not in page] == []
    assert "## Said on the way" in page


def test_what_stands_among_the_rules_is_left_out() -> None:
    """Of a quotation that says more; what it only repeats, or hardly goes beyond, stays."""
    rules = ("never touch the old files", "no")
    item = "- user: “Put it under the options, as we may want more of them. never touch the old files” (L5)"
    told = "- user: “Put it under the options, as we may want more of them.…” (L5)"
    assert without_rules(item, rules) == told
    for kept in (
        "- user: “never touch the old files” (L5)",
        "- user: “ok then, never touch the old files” (L5)",
    ):
        assert without_rules(kept, rules) == kept
    assert without_rules("- approved the plan", rules) == "- approved the plan"


def test_words_of_the_user_are_not_cut_below_forty() -> None:
    """Short ones stay whole, long ones have a limit."""
    assert whole("a" * 100, 50) == 100
    assert whole("a" * (CHARS + 90), 50) == CHARS
    assert whole("a" * 20, 50) == 50


def test_the_log_gives_up_what_the_user_said_lacks() -> None:
    """Up to so many words; the other lists keep the share that they had without these."""
    assert lacking(200, 150, 200, 400, 60) == 0  # there is room for all
    more = lacking(200, 150, 200, 280, 60)
    assert 0 < more <= 60
    assert share_of(200, 150, 200, 280 + more, 60) >= 150
    assert lacking(200, 200, 600, 200, 60) == 60
    assert share_of(200, 200, 600, 260, 60) == 50 + 60
