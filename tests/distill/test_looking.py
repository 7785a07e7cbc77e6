"""Calls that only look, and what is told of their failing."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.looking import only_asks
from spread.distillation_parts import is_barred, is_trifle
from spread.distillation_worth import worth
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines

SAML = '{"error":"API error 403: {\\"message\\":\\"Resource protected by SAML enforcement\\"}"}'


def _asks(name: str, **given: str) -> bool:
    return only_asks(Call(1, "k", name, given, result_line=2, ok=False, output=""))


@pytest.mark.parametrize(
    "command",
    [
        "gh search issues --repo ink/well 'nib OR \"pen\"'",
        "cd lamps && npm view inkwell version dist --json",
        "gh api repos/ink/well/contents/a.json?ref=dev --jq .content | base64 -d | node -e \"let s=''; process.stdin.on('data',d=>s+=d); console.log(s)\"",  # noqa: E501
        "NODE_PATH=/opt/lib node -p \"require.resolve('inkwell/package.json')\"",
        'python3 -c "import inkwell; print(inkwell.__version__)"',
        "curl -s https://ink.example/api/pens",
        "find . -name '*.ink' -o -name '*.pen' | xargs grep -l nib",
        "inkwell --version",
        "sed -n '1,20p' pens.txt",
        "git -C lamps log --oneline | head -3",
    ],
)
def test_commands_that_only_ask(command: str) -> None:
    """Searches, versions, reads of files and of services, and one line programs that print."""
    assert _asks("Bash", command=command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "gh api repos/ink/well/issues -f title=Pens",
        "gh pr create --fill",
        "npm install inkwell",
        "npm view inkwell version > version.txt",
        "python3 -c \"open('pens.txt', 'w').write('3'); print(3)\"",
        "node -e \"const it = require('./pens'); console.log(it.all())\"",
        "python3 pens.py",
        'node -e "count()"',
        "curl -X POST https://ink.example/api/pens",
        "curl -s http://localhost:3000/pens",
        "find . -name '*.ink' -delete",
        "find . -name '*.ink' | xargs rm",
        "sed -i s/nib/pen/ pens.txt",
        "make test",
        "git checkout dev",
    ],
)
def test_commands_that_do_more(command: str) -> None:
    """What writes, sends, installs, checks, or runs what is worked on."""
    assert not _asks("Bash", command=command)


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("WebFetch", True),
        ("mcp__hub__fetch_pr", True),
        ("mcp__notes__API-get-user", True),
        ("mcp__notes__listPages", True),
        ("mcp__hub__create_issue", False),
        ("mcp__hub__get_and_delete_branch", False),
        ("mcp__web__browser_click", False),
        ("Task", False),
    ],
)
def test_tools_that_only_ask(name: str, asks: bool) -> None:
    """By the names of what they do."""
    assert _asks(name) is asks


def test_a_look_that_failed_is_told_in_few_words(tmp_path: Path) -> None:
    """The call and the cause; what the agent said of it and what did it in the end nobody needs, once that worked."""
    lines = Lines()
    lines.user("which pens does the inkwell know?")
    command = (
        "gh api repos/ink/well/contents/deep/folder/of/pens/list.json?ref=dev --jq '.content | @base64d'"
    )
    lines.bash(
        command,
        "zsh:1: no matches found: repos/ink/well/contents/list.json?ref=dev\nSyntaxError: end of input",
        code=1,
    )
    lines.say("The query hit a quoting issue of the shell; I'm retrying that with quotes.")
    lines.bash("gh api 'repos/ink/well/contents/deep/folder/of/pens/list.json?ref=dev' --jq '.content'", "[]")
    lines.say("It knows none.")
    [failed] = distill(lines.save(tmp_path), machine="box").failed
    assert failed == (
        "`gh api repos/ink/well/contents/deep/folder/of/pen…` failed (a look): unquoted, the shell took list.json?ref=dev for a pattern; "  # noqa: E501
        "a later try worked (L5)"
    )
    assert "quoting issue" not in lines.page(tmp_path)
    assert worth(f"- {failed} (L3)") < worth(
        "- `make pens` failed: unquoted, the shell took it for a pattern (L3)"
    )


def test_who_goes_on_learns_where_access_is_refused_and_what_did_it_instead(tmp_path: Path) -> None:
    """In the words of the service; the command that asked for the same thing stands beside it."""
    lines = Lines()
    lines.user("read the request")
    lines.tool("mcp__hub__fetch_pr", {"repo": "inkwell/lamps", "number": 7}, SAML, error=True)
    lines.bash("rm -r /srv/inkwell/lamps", "")  # names it, and asks for nothing
    lines.bash("gh pr view 7 --repo inkwell/lamps", "open")
    lines.say("It is open.")
    [failed] = distill(lines.save(tmp_path), machine="box").failed
    assert "failed: 403: Resource protected by SAML enforcement; " in failed.replace(
        "API error 403: ", "403: "
    )
    assert "; then worked: `gh pr view 7 --repo inkwell/lamps` (L6)" in failed
    assert not is_trifle("fetch_pr `x` failed", ": 403: Resource protected by SAML enforcement")


@pytest.mark.parametrize(
    ("why", "barred"),
    [
        ("HTTP 401: Bad credentials", True),
        ("zsh:1: command not found: docker", True),
        ("missing API token", True),
        ("SyntaxError: Unexpected token", False),
        ("Request failed with status code 404", False),
        ("line 403 has no pens", False),
    ],
)
def test_what_bars_anybody(why: str, barred: bool) -> None:
    """Refusals of access and what is not installed, no slips of what was asked."""
    assert is_barred(why) is barred


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The installed package is inkwell 0.79.6, while the lamps declare 0.74.0.", ""),
        ("I found an exact issue in the upstream list: pens cannot be sorted.", ""),
        ("The builder wants the lamps first, as they hold the oil.", "The builder wants the lamps first"),
        (
            "The lamps hold oil. The pack of parts needs a list of all lamps.",
            "The pack of parts needs a list",
        ),
        ("Der Behälter hat weder Öl noch Docht.", "Der Behälter"),
        (
            "The lamps are unlit because the oil is gone, so I'm going to fill them all again.",
            "the oil is gone.”",
        ),
    ],
)
def test_of_what_is_said_after_a_failure_only_why_it_failed_is_told(
    tmp_path: Path, said: str, told: str
) -> None:
    """Not the next thing that was found; nor what is done about it, where what then worked tells that."""
    lines = Lines()
    lines.user("pack the parts")
    lines.bash("pack --all parts", "error: pack of parts failed", code=1)
    lines.say(said)
    lines.edit(f"{CWD}/a.py")
    lines.bash("pack --all parts", "packed")
    lines.say("Done.")
    [failed] = distill(lines.save(tmp_path), machine="box").failed
    assert ("; the agent: “" in failed) is bool(told)
    assert told in failed
