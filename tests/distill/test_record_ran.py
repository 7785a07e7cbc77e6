"""What ran after the last edit is told with what it showed, though it is no validation."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation, body
from tests.distill.lines import Lines

LEAD = "run after the last edit, no test or build: "


def _made(tmp_path: Path, *then: tuple[str, str]) -> Distillation:
    lines = Lines()
    lines.user("Install the parser")
    lines.bash("./parser --old", "parser 0.0.1")
    lines.edit("/home/dev/app/parser.py")
    for source, output in then:
        lines.bash(source, output)
    lines.say("It is installed.")
    return distill(lines.save(tmp_path), machine="laptop")


def _told(made: Distillation) -> list[str]:
    return [text.removeprefix(LEAD) for text in made.uncertainties if text.startswith(LEAD)]


def test_the_last_commands_after_the_edit_are_told_with_what_they_showed(tmp_path: Path) -> None:
    """What only lists files is no trial, and no trial is a validation."""
    made = _made(
        tmp_path, ("export A=1 && ./parser --version", "loading\nparser 0.2.0\n"), ("ls", "parser.py")
    )
    assert _told(made) == ["`./parser --version` → parser 0.2.0 (L6)"]
    assert made.validation.command == ""


def test_what_a_line_prints_in_any_case_is_not_what_it_showed(tmp_path: Path) -> None:
    """A text behind `&&` says that it worked; one behind `;` would be there as well where it did not."""
    bad = "Traceback (most recent call last)\nModuleNotFoundError: No module named 'grid'"
    made = _made(tmp_path, ("./render all.nb; echo rendered", f"{bad}\nrendered"))
    assert _told(made) == ["`./render all.nb` → ModuleNotFoundError: No module named 'grid' (L6)"]
    made = _made(tmp_path, ("./render all.nb && echo rendered", "rendered"))
    assert _told(made) == ["`./render all.nb` → rendered (L6)"]


def test_what_failed_since_is_not_told_as_it_went_before(tmp_path: Path) -> None:
    """It stands among the failures."""
    lines = Lines()
    lines.user("Render the report")
    lines.edit("/home/dev/app/parser.py")
    lines.bash("./render all.nb", "3 pages")
    lines.bash("./prepare x && ./render all.nb", "Exit code 1\nno such cell", code=1)
    lines.say("It is rendered.")
    assert _told(distill(lines.save(tmp_path), machine="laptop")) == []


def test_what_a_line_listed_before_it_ran_something_is_not_what_that_showed(tmp_path: Path) -> None:
    """Such a line is told as a whole."""
    made = _made(tmp_path, ("ls rules; ./parser --quiet a.txt", "one.rule"))
    assert _told(made) == ["`ls rules; ./parser --quiet a.txt` → one.rule (L6)"]


def test_a_command_of_powershell_keeps_its_backslashes(tmp_path: Path) -> None:
    """They stand in its paths; and its cmdlets that only show something are no trial."""
    lines = Lines()
    lines.user("Install the parser")
    lines.edit("/home/dev/app/parser.py")
    for source in (r"tools\parse.exe in\new.txt", r"Get-Content out\new.txt | Select-Object -First 1"):
        lines.tool("PowerShell", {"command": source}, "parsed")
    lines.say("It is installed.")
    told = _told(distill(lines.save(tmp_path), machine="laptop"))
    assert told == [r"`tools\parse.exe in\new.txt` → parsed (L4)"]


def test_nothing_is_told_where_nothing_ran_or_a_test_did(tmp_path: Path) -> None:
    """To look and to commit is no trial; a test tells more than one."""
    assert _told(_made(tmp_path, ("cat parser.py", "x = 1"), ("git commit -m x", "[main 1234567] x"))) == []
    assert _told(_made(tmp_path, ("rm -r old && rmdir out; ls out", "ls: cannot access 'out'"))) == []
    assert _told(_made(tmp_path, ("./parser --version", "parser 0.2.0"), ("pytest", "3 passed"))) == []


def test_what_ran_again_with_a_look_at_git_is_not_told_as_it_was_before(tmp_path: Path) -> None:
    """Which of the lines were its own nobody knows; those of before are not the last."""
    first, again = ("./parser in", "5 of 9 parsed"), ("./parser in; git status -s", "9 of 9 parsed\n M in")
    assert _told(_made(tmp_path, first, ("./parser --version", "parser 0.2.0"), again)) == [
        "`./parser --version` → parser 0.2.0 (L8)"
    ]


def test_of_an_output_what_counts_is_told(tmp_path: Path) -> None:
    """With the last line; of a long output from its middle too; not what outputs of other programs say as well."""
    noise = "0 [main] hostname (%d) child_copy: cygheap read copy failed"
    long = "\n".join([*(f"reading part of the input, {at:03} so far" for at in range(20)), "Agents: 0"])
    long += "\n" + "\n".join(f"writing part of the output, {at:03} so far" for at in range(20))
    made = _made(
        tmp_path,
        ("./other", noise % 7),
        ("./third", noise % 8),
        ("./dump", f"Found 6 sessions\n{long}\nSaved.\n{noise % 9}"),
    )
    assert "`./dump` → Agents: 0; Saved. (L10)" in _told(made)[0]
    assert "cygheap" not in _told(made)[0]


def test_the_last_row_of_a_list_is_said_to_be_no_more(tmp_path: Path) -> None:
    """One row of many would pass for all that was printed."""
    rows = "\n".join(f"env{at} /opt/envs/env{at}" for at in range(6))
    assert _told(_made(tmp_path, ("conda info --envs", f"# environments:\n{rows}"))) == [
        "`conda info --envs` → a list that ends with env5 /opt/envs/env5 (L6)"
    ]


def test_work_on_another_host_is_no_session_without_change(tmp_path: Path) -> None:
    """What was changed there is not known; what the last commands of the last request showed is told."""
    lines = Lines()
    lines.user("take the old service off the router")
    lines.bash('ssh root@router1 "opkg list-installed"', "before the request")
    lines.user("now the next one")
    lines.bash('ssh root@router1 "opkg remove ddns"', "Removing package ddns\nDone")
    lines.bash('ssh root@router1 "ls /etc/config | grep ddns; echo searched"', "searched\na\nfork: retry")
    lines.bash('ssh root@router1 "true"', "")
    lines.say("It is off.")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert made.state == "needs verification"
    assert (
        "seen there last: `true` → nothing printed (L9), `ls /etc/config | grep ddns; echo searched` → searched, "
        "then 2 more lines (L7), `opkg remove ddns` → Removing package ddns (L5)"
    ) in made.uncertainties
    lines.user("and set the log, please")
    lines.bash('ssh root@router1 "uci set log.size=512 && uci commit"', "")
    lines.bash('ssh root@router1 "uci show log"', "log.size=512")
    lines.bash("""ssh root@router1 "ls /etc/init.d | grep -E '(log|net)'\"""", "log")
    lines.bash("""ssh root@router1 'ssh box2 "sysctl -n net.core.somaxconn"'""", "128")
    for number in range(3):
        lines.bash(f'ssh root@router1 "logread | grep {number}"', "seen")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert (
        "run there before that, more than looks: `uci set log.size=512 && uci commit` (L13)"
        in made.uncertainties
    )


@pytest.mark.parametrize(
    ("command", "output", "shown"),
    [
        ("pkgs list | grep ddns", "", "nothing found"),
        ("pkgs list | grep dns && ls /etc | grep ddns", "dnsd 2.1", "dnsd 2.1, a search found nothing"),
        ("rm /etc/ddns && ls /etc | grep ddns", "", ""),  # nobody knows which of them failed
        ("ls /etc | grep ddns", "ls: cannot open directory: Permission denied", ""),
    ],
)
def test_a_look_on_another_host_that_finds_nothing_was_seen(
    command: str, output: str, shown: str, tmp_path: Path
) -> None:
    """Exit code 1 of a search says that something is gone; of anything else it says nothing."""
    lines = Lines()
    lines.user("take the old service off the router")
    lines.bash('ssh root@router1 "pkgs remove ddns"', "Removing")
    lines.bash(f'ssh root@router1 "{command}"', output, code=1)
    lines.say("It is off.")
    told = "\n".join(distill(lines.save(tmp_path), machine="laptop").uncertainties)
    assert (f"seen there last: `{command}` → {shown} (L4), `pkgs remove ddns`" in told) == bool(shown)


@pytest.mark.parametrize(("count", "told"), [(4, "then 3 more lines"), (90, "then more lines")])
def test_of_a_long_output_on_another_host_nobody_counts_the_lines(
    count: int, told: str, tmp_path: Path
) -> None:
    """Only both ends of it are kept: what is left of these is no count of all."""
    lines = Lines()
    lines.user("which packages does the router have?")
    lines.bash('ssh root@router1 "pkgs list"', "\n".join(f"package-number-{at} 1.0" for at in range(count)))
    lines.say("It has these.")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert f"`pkgs list` → package-number-0 1.0, {told} (L2)" in "\n".join(made.uncertainties)


def test_what_a_run_behind_a_build_shows_is_on_record(tmp_path: Path) -> None:
    """That the line passed is told as a validation; what only a check printed is not told again."""
    shown = "took 800 ms; WARN: lost 2"
    page = body(_made(tmp_path, ("go build ./... && ./parser --help", shown)).to_markdown())
    assert f"`go build ./... && ./parser --help` → {shown}" in page
    page = body(_made(tmp_path, ("npm run fix; pytest -q", f"{shown}\n3 passed in 0.1s")).to_markdown())
    assert "WARN: lost" not in page


def test_that_a_search_in_an_output_found_nothing_is_no_success(tmp_path: Path) -> None:
    """Where the filter is not shown, the program may well have printed much."""
    page = body(_made(tmp_path, ("parser log --all 2>&1 | grep -A 3 lost | head -5", "")).to_markdown())
    assert "`parser log --all` → nothing found in what it printed" in page
    page = body(_made(tmp_path, ("parser doc || grep -r lost vendor/", "")).to_markdown())
    assert "`parser doc || grep -r lost vendor/` → printed nothing" in page


def test_a_program_on_the_command_line_is_told_by_what_it_is_for(tmp_path: Path) -> None:
    """Of its code the beginning tells little; without such words, or of another program, the command is told."""
    lines = Lines()
    lines.user("Install the parser")
    lines.edit("/home/dev/app/parser.py")
    code = {
        "command": 'python3 -c "import datetime; print(datetime.date(2031, 1, 2))"',
        "description": "Print the last day",
    }
    lines.tool("Bash", code, "2031-01-02")
    lines.tool("Bash", {"command": "./parser --version", "description": "Print the version"}, "parser 0.2.0")
    asked = 'curl -s localhost:81/v | python3 -c "import json, sys; print(json.load(sys.stdin))"'
    lines.tool("Bash", {"command": asked, "description": "Ask for the version"}, "release 0.2.0")
    lines.say("It is installed.")
    told = _told(distill(lines.save(tmp_path), machine="laptop"))
    assert told == [
        "“Print the last day” by `python3` → 2031-01-02 (L4), `./parser --version` → parser 0.2.0 (L6), "
        "“Ask for the version” → release 0.2.0 (L8)"
    ], "not by what only reads an answer"


def test_what_a_command_here_printed_is_not_of_the_other_host(tmp_path: Path) -> None:
    """Of a line with commands here before it the output is not told as that of the last one."""
    lines = Lines()
    lines.user("is the shop up?")
    lines.bash(
        "kubectl exec shop -- nc -z cache 6379; ssh db1 'pg_isready'", "cache open\ndb1 accepts connections"
    )
    lines.bash("cd ops && ssh db1 'uptime'", "up 41 days")
    lines.say("It is.")
    page = lines.page(tmp_path)
    seen = next(line for line in page.splitlines() if "seen there last" in line)
    assert "cache open" not in seen
    assert "`pg_isready` (L2)" in seen
    assert "`uptime` → up 41 days" in seen


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("select count(*) from till", False),
        ("show max_connections", False),
        ("select pg_terminate_backend(4)", True),
        ("delete from till", True),
    ],
)
def test_a_query_is_a_look_at_a_database(tmp_path: Path, query: str, acts: bool) -> None:
    """What only asks a database on another host is not told as more than a look."""
    lines = Lines()
    lines.user("is the shop up?")
    lines.bash(f'ssh db1 "psql -c \\"{query}\\""', "4")
    for name in ("uptime", "whoami", "hostname"):
        lines.bash(f"ssh db1 '{name}'", name)
    lines.say("It is.")
    assert ("more than looks: " in lines.page(tmp_path)) == acts


def test_a_check_of_another_commit_is_on_record(tmp_path: Path) -> None:
    """It is not how the work stands, and told nowhere else."""
    lines = Lines()
    lines.user("review the pull request of the till")
    lines.bash("git worktree add -q ../pr4 till && cd ../pr4 && python -m pytest -q", "7 passed in 0.03s")
    lines.say("Its tests pass.")
    assert "&& python -m pytest -q` → 7 passed in 0.03s" in lines.page(tmp_path)
