"""README.md is true: every command in it is known here, and run where that is possible; links lead somewhere."""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from spread import cli, cli_parsers
from spread.commands import demo
from spread.config import Config
from tests.conftest import ROOT
from tests.e2e.world import LIBRARY, Command, Machine, World, make_checkout, wait_until

TEXT: Final = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE: Final = FENCE.sub("", TEXT)
PROGRAMS: Final = {"spread", "pip", "python", "python3", "pytest", "git", "ruff", "mypy", "claude", "useradd"}
LANGUAGES: Final = {"sh", "console", "text", "ini", "dockerfile"}
SESSION: Final = "d3m0d3m0-0000-4000-8000-000000000001"

# Of `spread`'s own commands these are run here, in this order, on a machine that has received a hand-off …
RUN: Final = (
    "", "status", "inbox", "show", "peers", "log", "search", "distill", "statusline", "completion",
    "pause", "resume", "forget",
)  # fmt: skip
# … and these elsewhere: they wait for another machine, serve, or change what only a whole test can look after.
ELSEWHERE: Final = {
    "demo": "test_demo", "pair": "test_pair", "unpair": "test_peers", "share": "test_share", "sync": "test_sync",
    "receive": "test_receive", "relay": "test_relay_operation", "ui": "test_ui", "doctor": "test_doctor",
    "install": "test_install", "uninstall": "test_install", "accept": "test_inbox",
}  # fmt: skip
STANDS_FOR: Final = {
    "ID": "latest", "NAME": "laptop", "WORDS": "duration", "P…": ".", "COMMAND": "true", "github.com/acme/*": ".",
}  # fmt: skip
# What is not ours is only known by name: the client's own commands, and what a container's base has.
FOREIGN: Final = {
    "claude", "claude -p", "claude --resume", "useradd --create-home --uid 1000 spread", "python:3.13-slim",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    text: str


BLOCKS: Final = [Block(*found) for found in FENCE.findall(TEXT)]
TRY: Final = next(block.text for block in BLOCKS if "laptop()" in block.text)
CONSOLES: Final = [block.text for block in BLOCKS if block.language == "console"]


def simple(line: str) -> Iterator[tuple[str, ...]]:
    """Yield the simple commands of a line, without what they are given in the environment."""
    for part in line.split(" && "):
        words = shlex.split(part, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        if words:
            yield tuple(words)


def in_blocks() -> Iterator[tuple[str, ...]]:
    """Yield the commands of all blocks; a line in one that is for commands is one, whatever it says."""
    for block in BLOCKS:
        lines = block.text.splitlines()
        if block.language == "sh" and block.text != TRY:
            shown = lines
        elif block.language == "console":
            shown = [line.partition("$ ")[2] for line in lines if "$ " in line]
        elif block.language == "ini":
            shown = [line.partition("/bin/")[2] for line in lines if line.startswith("ExecStart=")]
        elif block.language == "dockerfile":
            shown = [line[4:] for line in lines if line.startswith("RUN ")]
            shown += [shlex.join(json.loads(line[4:])) for line in lines if line.startswith("CMD ")]
        else:
            continue
        for line in shown:
            yield from simple(line)


def inline() -> Iterator[str]:
    """Yield what stands between backticks in the prose."""
    for text in re.findall(r"`([^`]+)`", PROSE):
        yield " ".join(text.split())


def in_prose() -> Iterator[tuple[str, ...]]:
    """Yield the commands among that: what begins with a program that we speak of."""
    for text in inline():
        first = re.sub(r"^([A-Z_]+=\S+ )+", "", text).split(" ")[0]
        if first in PROGRAMS and (" " in text or first in ("spread", *FOREIGN)):
            yield from simple(text)


COMMANDS: Final = sorted({*in_blocks(), *in_prose()})
OURS: Final = [command for command in COMMANDS if command[0] == "spread"]


def name_of(command: tuple[str, ...]) -> str:
    """Return which of our commands it is; a page of one hand-off is the page."""
    return "ui" if "--web" in command else command[1] if len(command) > 1 else ""


def test_nothing_hides() -> None:
    """A block has a language that we know, and no block is made by mere indentation."""
    assert {block.language for block in BLOCKS} <= LANGUAGES
    assert re.findall(r"^(?: {4}|\t).*$", PROSE, re.MULTILINE) == []
    assert len(OURS) > 30, "the commands are not found any more"
    assert len(CONSOLES) == 2


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_is_known(command: tuple[str, ...]) -> None:
    """Our own pass the real parser; of others their project, module or package is here; an unknown one fails."""
    program, *arguments = command
    if " ".join(command) in FOREIGN:
        return
    match program:
        case "spread":
            cli_parsers.parsers().parse_args(arguments)
            assert name_of(command) in (*RUN, *ELSEWHERE), "say above where it is run"
        case "pip":
            known_package(arguments)
        case "python3":
            assert arguments[:2] == ["-m", "venv"]
        case "python":
            known_module(arguments)
        case ".":
            assert arguments[0].endswith("/bin/activate")
        case "pytest":
            argv = [sys.executable, "-m", "pytest", *arguments, "--version"]
            assert subprocess.run(argv, cwd=ROOT, capture_output=True, timeout=30).returncode == 0
        case "ruff" | "mypy":
            assert shlex.join(command) in (ROOT / ".ci" / "run").read_text()
        case "git":
            assert arguments[:1] in (["remote"], ["config"]), "say above how it is run"
        case _:
            pytest.fail(f"nobody knows `{shlex.join(command)}`")


def known_package(arguments: list[str]) -> None:
    """This project, from a checkout, with extras that it has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    if arguments == ["uninstall", project["name"]]:
        return
    assert arguments[0] == "install"
    assert project["scripts"]["spread"] == "spread.cli:script"
    for word in arguments[1:]:
        if word == "--no-cache-dir":
            continue
        found = re.fullmatch(r"(?:\.|/src)(?:\[(\w+)\])?", word)
        assert found, word
        assert found[1] is None or found[1] in project["optional-dependencies"]


def test_nobody_is_sent_for_a_package_that_is_not_there() -> None:
    """What hooks, skills and messages say is to be installed is a checkout too: no index has this project."""
    told = []
    for folder in (Path(LIBRARY, "spread"), ROOT / "hooks", ROOT / "skills"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".md", "") and path.is_file():
                text = path.read_text(encoding="utf-8")
                told += [
                    (path.name, what)
                    for what in re.findall(r"pip install ((?:[^\s`\"&]|\.\[)+(?: \.)?)", text)
                ]
    assert len(told) > 6, "the commands are not found any more"
    for where, what in told:
        assert re.fullmatch(r"(?:--upgrade )?'?\.(?:\[relay\])?'?,?", what), (where, what)


def known_module(arguments: list[str]) -> None:
    """A module of ours that can be run; what it is given stands in its text."""
    assert arguments[0] == "-m"
    module = importlib.util.find_spec(arguments[1])
    if module is not None and module.submodule_search_locations is not None:
        module = importlib.util.find_spec(arguments[1] + ".__main__")
    assert module is not None
    assert module.origin is not None
    text = Path(module.origin).read_text(encoding="utf-8")
    assert '__name__ == "__main__"' in text
    assert all(f'"{word}"' in text for word in arguments[2:])


def test_all_that_there_is_is_named() -> None:
    """Every command of ours is in it; the five everyday ones are those that `spread` alone tells."""
    subcommands = next(
        action for action in cli_parsers.parsers()._actions if action.dest == "command"
    ).choices
    assert subcommands is not None
    assert set(subcommands) == {name_of(command) for command in OURS} - {""}
    for name, where in ELSEWHERE.items():
        test = ROOT / "tests" / "commands" / f"{where}.py"
        assert re.search(f'"{name}"|start_{name}\\(', test.read_text(encoding="utf-8")), test
    five = TEXT.partition("## The five commands")[2].partition("\n\n[All others]")[0]
    everyday = re.findall(r"^  spread (\w+)", cli_parsers.EVERYDAY, re.MULTILINE)
    assert re.findall(r"^\| `spread (\w+)", five, re.MULTILINE) == everyday
    assert len(everyday) == 5


def test_options_settings_and_skills_are_there() -> None:
    """An option that stands alone is one of a command's or of the benchmark's; keys and skills are the real ones."""
    parser = cli_parsers.parsers()
    subcommands = next(action for action in parser._actions if action.dest == "command").choices
    assert subcommands is not None
    known = {word for one in (parser, *dict(subcommands).values()) for word in one._option_string_actions}
    bench = (ROOT / "tests" / "bench" / "__main__.py").read_text(encoding="utf-8")
    for text in inline():
        if text.startswith("-") and text not in ("-", "--teleport"):
            option = text.split(" ")[0]
            assert option in known or f'"{option}"' in bench, text
    table = TEXT.partition("### Configuration")[2].partition("### ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {one.name for one in fields(Config)}
    skills = {path.name for path in (ROOT / "skills").iterdir()}
    assert set(re.findall(r"`/(distill-\w+|spread)\b", PROSE)) == skills
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(LIBRARY, "spread").rglob("*.py")
    )  # fmt: skip
    for variable in set(re.findall(r"\b(?:RELAY|SPREAD)_[A-Z_]+\b", TEXT)) - {"RELAY_SERVER_SPEC"}:
        name = variable.removesuffix("_FILE").removeprefix("RELAY_")
        assert variable in source or name.lower() in source, variable


def test_what_troubleshooting_quotes_is_what_is_shown() -> None:
    """Each message in its first column is one of ours; of a line that is put together, each of its parts."""
    table = TEXT.partition("## Troubleshooting")[2].partition("\n## ")[0]
    quoted = re.findall(r'"([^"]+)"', "".join(re.findall(r"^\|[^|]+\|", table, re.MULTILINE)))
    assert len(quoted) > 5, "they are not found any more"
    source = "".join(path.read_text(encoding="utf-8") for path in Path(LIBRARY, "spread").rglob("*.py"))
    for text in quoted[1:]:  # the first is pip's
        for part in re.split(r": | (?=yet$)", text.rstrip(" …")):
            assert part in source, text


def test_links_lead_somewhere() -> None:
    """A file is there, a heading is there, an address is one; a picture asks nobody for anything."""
    slugs = {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in headings()}
    links = re.findall(r"\]\(([^)\s]+)\)", TEXT)
    assert len(links) > 20
    for link in links:
        if link.startswith("#"):
            assert link[1:] in slugs, link
        elif "://" in link:
            assert urlsplit(link).scheme == "https", link
            assert "." in (urlsplit(link).hostname or ""), link
        else:
            assert (ROOT / link).is_file(), link
            if link.endswith(".svg"):
                assert not re.search(r"(?:href|src)=|url\(\"?https?:|@import", (ROOT / link).read_text()), (
                    link
                )


def headings() -> list[str]:
    """Return the titles of the sections."""
    return re.findall(r"^#+ (.*)$", PROSE, re.MULTILINE)


def plain(text: str) -> str:
    """Return an output without what differs each time."""
    text = re.sub(r"\b[a-z0-9]{6}(-[a-z]+){3}\b", "CODE", text)
    return re.sub(r"\([0-9a-f]{4} [0-9a-f]{4}\)", "(FINGERPRINT)", text).strip()


def replay(text: str, machines: dict[str, Machine]) -> None:
    """Do what a console shows: each command on its machine, the output as it stands there."""
    code = ""
    going: list[tuple[Command, str]] = []
    for name, line, output in re.findall(r"^(\w+)\$ (.*)\n((?:(?!\w+\$ ).*\n)*)", text, re.MULTILINE):
        words = [code if re.fullmatch(r"[a-z0-9]{6}(-[a-z]+){3}", word) else word for word in line.split()]
        command = machines[name].spread(*words[1:])
        going.append((command, output))
        code = code or command.line()
    for command, output in going:
        done = command.end()
        assert (done.code, plain(done.out)) == (0, plain(output)), done.err


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Path]]:
    """The two machines of the README, after all it shows, and the transcript of the turn."""
    with World(tmp_path_factory.mktemp("w") / "w") as world:
        laptop, desktop = world.a, world.b
        laptop.name, desktop.name = "laptop", "desktop"
        world.configure()
        replay(CONSOLES[0], {"laptop": laptop, "desktop": desktop})
        for machine in (laptop, desktop):
            machine.start_engine()
        recorded = Path(demo.__file__).parent.parent / "demo.jsonl"
        transcript = world.root / f"{SESSION}.jsonl"
        transcript.write_text(recorded.read_text().replace(demo.RECORDED_CWD, str(laptop.project)))
        payload = {"session_id": SESSION, "transcript_path": str(transcript), "cwd": str(laptop.project)}
        subprocess.run(
            ["sh", os.path.join(laptop.paths.hooks, "stop")], input=json.dumps(payload) + "\n", text=True,
            check=True, env=laptop.env(), cwd=laptop.project, timeout=20,
        )  # fmt: skip
        wait_until("the hand-off is there", lambda: desktop.holds(SESSION))
        replay(CONSOLES[1], {"laptop": laptop, "desktop": desktop})
        desktop.stop_engine()
        yield desktop, transcript


def test_what_can_be_run_runs(
    desk: tuple[Machine, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's sessions went as it shows them; then each other command does its work, on what they left."""
    desktop, transcript = desk
    for name in ("SPREAD_OFF", "CLAUDECODE", "CLAUDE_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in desktop.env(SHELL="/bin/bash").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(desktop.project)
    stands = {**STANDS_FOR, "TRANSCRIPT": str(transcript)}
    mine = [command for command in OURS if name_of(command) in RUN]
    for command in sorted(mine, key=lambda one: (RUN.index(name_of(one)), one)):
        words = [stands.get(word, word) for word in command[1:]]
        assert cli.main(words) == 0, (command, capsys.readouterr().err)
        assert capsys.readouterr().out or name_of(command) in ("pause", "resume"), command


@pytest.mark.parametrize("command", [one for one in COMMANDS if one[0] == "git"], ids=" ".join)
def test_git_takes_it(command: tuple[str, ...], tmp_path: Path) -> None:
    """The commands of git do what is said of them."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull}
    make_checkout(tmp_path / "project", env)
    subprocess.run(command, cwd=tmp_path / "project", env=env, check=True, capture_output=True)


def test_two_homes_on_one_machine(tmp_path: Path) -> None:
    """The block that is to be pasted as a whole hands a turn over, and leaves no engine behind."""
    with World(tmp_path / "w") as world:
        checkout, bin_ = tmp_path / "checkout", tmp_path / "bin"
        make_checkout(checkout, world.a.env())
        (checkout / "spread").mkdir()
        recorded = Path(demo.__file__).parent.parent / "demo.jsonl"
        (checkout / "spread" / "demo.jsonl").write_bytes(recorded.read_bytes())
        bin_.mkdir()
        (bin_ / "spread").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m spread.cli "$@"\n')
        (bin_ / "spread").chmod(0o755)
        env = world.a.env(PATH=f"{bin_}:{os.environ['PATH']}", SPREAD_HOME="", SPREAD_INTERFACES="")
        script = TRY.replace("/tmp/try", str(tmp_path / "try"))
        done = subprocess.run(
            ["sh", "-u"], input=script, text=True, cwd=checkout, env=env, capture_output=True, timeout=110
        )
        assert done.returncode == 0, done.stderr
        assert re.search(r"^paired with laptop \(.... ....\)", done.stdout, re.MULTILINE)
        assert re.search(r"^\* d3m0d3m0  laptop ", done.stdout, re.MULTILINE)
        assert "**State: failing**" in done.stdout
        assert re.search(r"^desktop \(.... ....\): by lan", done.stdout, re.MULTILINE)
        wait_until("all it started has gone", lambda: not world.strays())
        assert not (tmp_path / "try").exists()
