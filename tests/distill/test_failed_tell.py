"""What became of the agent's words on a failure, which read as if they still held."""

from pathlib import Path

import pytest

from spread.distill import failed_tell
from spread.distill.mended import Outcomes
from spread.distillation_lean import lean
from spread.distillation_tight import tight
from tests.distill.lines import CWD, Lines

FAILS = "lamp: error: unknown field 'days'"


def _failing(said: str) -> Lines:
    """Return a transcript in which a skill and a script are written, and the agent says something of a failure."""
    lines = Lines()
    lines.user("please write the skill for the lamps")
    lines.write(f"{CWD}/SKILL.md")
    lines.write(f"{CWD}/gen.py")
    lines.bash("lamp show --days", FAILS, code=1)
    lines.say(said)
    lines.bash("ls src", "a")
    lines.say("It is written.")
    return lines


@pytest.mark.parametrize(
    ("said", "file", "mark"),
    [
        ("The lamps have no age here, so by the skill they are counted by hand.", "SKILL.md", True),
        ("The lamps have no age in `gen.py`, where they are counted by hand.", "gen.py", True),
        ("The lamps have no age here, so by the skill they are counted by hand.", "gen.py", False),
        ("The lamps have no age here, so by the skill-file they are counted.", "SKILL.md", False),
    ],
)
def test_a_file_they_speak_of_was_edited_on_a_later_prompt(
    said: str, file: str, mark: bool, tmp_path: Path
) -> None:
    """That is told behind them; of a skill also where only the noun is said."""
    lines = _failing(said)
    (told,) = lines.distilled(tmp_path).failed
    assert f"; the agent: “{said}”" in told
    assert "edited since" not in told
    lines.user("no more counting by hand")
    lines.edit(f"{CWD}/{file}")
    lines.say("That is gone.")
    told = next(item for item in lines.distilled(tmp_path).failed if FAILS in item)
    assert (f"by hand.” ({file} edited since)" in told) == mark
    assert ("edited since" in told) == mark


def test_of_two_skills_the_noun_names_none(tmp_path: Path) -> None:
    """It may be the one that nobody edited any more."""
    lines = _failing("The lamps have no age here, so by the skill they are counted by hand.")
    lines.user("no more counting by hand")
    lines.edit(f"{CWD}/SKILL.md")
    lines.edit(f"{CWD}/other/SKILL.md")
    lines.say("That is gone.")
    assert not any("edited since" in item for item in lines.distilled(tmp_path).failed)


@pytest.mark.parametrize(
    ("shows", "mark"),
    [
        ('{\n  "name": "@app/lamp",\n  "version": "4.1.0",', " [4.1.0 by the output of L7]"),
        ('{\n  "name": "@app/lamp",\n  "version": "4.2.6",', ""),
        ('{\n  "name": "@app/lamps",\n  "version": "4.1.0",', ""),
    ],
)
def test_another_version_was_shown_later(shows: str, mark: str, tmp_path: Path) -> None:
    """What the package's own file says is told beside what the agent took for it."""
    lines = Lines()
    lines.user("which lamp is there?")
    lines.bash("lamp show --days", FAILS, code=1)
    said = "What is there is `@app/lamp` 4.2.6, and the age needs `^5.0.0`."
    lines.say(said)
    lines.think("its own file tells")
    assert lines.bash("cat lamp/package.json", shows) == 6
    lines.say("Now I know more of it.")
    (told,) = lines.distilled(tmp_path).failed
    assert f"“{said}”{mark.replace('L7', 'L6')}" in told
    assert ("by the output" in told) == bool(mark)


@pytest.mark.parametrize("mark", [" (SKILL.md edited since)", " [4.1.0 by the output of L6]"])
def test_the_mark_stays_where_the_words_are_cut(mark: str) -> None:
    """On a full page, too."""
    said = "The lamps have no age here, " + "so they are counted by hand and by the skill " * 9
    item = f"- `lamp show --days` failed: {FAILS}; the agent: “{said}”{mark}; then worked: `lamp` (L9) (L5)"
    for told in (tight(item, 300), lean(item)):
        assert f"…”{mark}; then worked" in told


def test_of_what_is_not_told_nobody_asks_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of many diagnoses the newest are told."""
    asked, since = list[int](), failed_tell._since

    def asks(outcomes: Outcomes, line: int, said: str) -> str:
        asked.append(line)
        return since(outcomes, line, said)

    monkeypatch.setattr(failed_tell, "_since", asks)
    monkeypatch.setattr(failed_tell, "MAX_FOUND", 1)
    lines = Lines()
    lines.user("please mend the lamps")
    for cause in ("its driver reads days as hours", "a blown fuse in the cellar keeps all of it dark"):
        lines.say(f"The root cause is that {cause}.")
        lines.write(f"{CWD}/{cause[:5].strip()}.py")
    (told,) = lines.distilled(tmp_path).failed
    assert "a blown fuse" in told
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The lamps are idempotent now: a second run changes nothing.", False),
        ("Done: the lamp shows twelve days, the old one is gone from it.", False),
        ("All three lamps return their age for each day, with a test of it.", False),
        ("Zrobione: lampa pokazuje teraz dni, stara jest usunięta z pliku.", False),
        ("All lamps show an empty day for a missing file, each with a test.", False),
        ("The file of the days is missing on this machine, by its name.", True),
        ("The lamp cannot show days, so that is left as it was before.", True),
        ("A lâmpada não mostra os dias, e o arquivo ficou como estava.", True),
        ("Lampa nie pokazuje dni, plik jest taki jak przedtem.", True),
    ],
)
def test_a_report_of_success_does_not_say_why_it_failed(said: str, told: bool, tmp_path: Path) -> None:
    """With nothing done after the failure it may be false, and is no diagnosis in any language."""
    lines = Lines()
    lines.user("please show the days of the lamps")
    lines.bash("lamp show --days", FAILS, code=1)
    lines.say(said)
    (failed,) = lines.distilled(tmp_path).failed
    assert (said in failed) == told


def test_what_is_said_of_a_failure_before_the_next_call_says_why_it_failed(tmp_path: Path) -> None:
    """Clients write what is said and the call after it on lines of their own: it may be no report."""
    said = "Just one lamp that nobody uses."
    lines = Lines()
    lines.user("please show the days of the lamps")
    lines.bash("lamp show --days", FAILS, code=1)
    lines.say(said)
    assert said not in str(lines.distilled(tmp_path).failed)
    lines.bash("cat lamp.toml", "[lamp]", code=0)
    assert said in str(lines.distilled(tmp_path).failed)
