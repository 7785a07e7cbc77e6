"""Our entries in the text of a settings file: put in, found again, taken out."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread.settings import command, entries
from spread.settings_bytes import decode, encode
from spread.settings_text import (
    SettingsError,
    add_hooks,
    add_status,
    check,
    has_ours,
    take_hooks,
    take_status,
)  # fmt: skip
from tests.settings_files import settings_files

OURS = entries()
STATUS = command("statusline")
HOMES = ["", "/srv/a home", "/it's $HOME/`x`\\y!\"z", "/é/\n"]


def install(text: str, home: str = "", status: bool = True) -> tuple[str, dict[str, str]]:
    empty: dict[str, str] = {}
    text = add_hooks(text, entries(home, windows=False), empty)
    return (add_status(text, command("statusline", home), empty) if status else text), empty


def uninstall(text: str, empty: dict[str, str]) -> str:
    return take_status(take_hooks(text, empty), empty)


def expected(before: Any, home: str) -> Any:
    """Return parsed settings with our entries, made without the module under test."""
    after = json.loads(json.dumps(before))
    hooks = after.setdefault("hooks", {})
    for event, group in entries(home, windows=False).items():
        hooks.setdefault(event, []).append(group)
    ours = command("statusline", home)
    if "statusLine" in after:
        after["statusLine"]["command"] = f"({after['statusLine']['command']}\n); {ours}"
    else:
        after["statusLine"] = {"type": "command", "command": ours}
    return after


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(settings_files(), st.sampled_from(HOMES), st.sampled_from(HOMES))
def test_in_and_out_again(data: bytes, home: str, newer: str) -> None:
    """Added and taken out, the bytes are the same; twice is once; the client reads what was there and ours."""
    text, how = decode(data)
    assert encode(text, how) == data
    text = text if text.strip() else "{}" + text
    check(text)
    after, empty = install(text, home)
    check(after)
    assert json.loads(after) == expected(json.loads(text), home)
    assert install(after, home)[0] == after
    assert has_ours(after)
    assert not has_ours(text)
    assert uninstall(after, empty) == text
    assert uninstall(text, {}) == text
    updated, _ = install(after, newer)
    assert json.loads(updated) == expected(json.loads(text), newer)
    assert uninstall(updated, empty) == text


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(settings_files(), st.sampled_from(HOMES))
def test_out_of_what_the_client_wrote_anew(data: bytes, home: str) -> None:
    """When the client has written the file its own way meanwhile, all of ours goes and nothing else."""
    text = decode(data)[0]
    text = text if text.strip() else "{}"
    after, empty = install(text, home)
    anew = json.dumps(json.loads(after), indent=2, ensure_ascii=False)
    assert json.loads(uninstall(anew, empty)) == json.loads(text)


def test_what_the_user_adds_later_stays() -> None:
    """Members, groups and entries added around ours stay byte for byte, wherever they were put."""
    text = '{\n  "model": "opus"\n}\n'
    after, empty = install(text)
    mine = '\n    "Stop": [\n      {\n        "hooks": [\n          { "type": "command", "command": "mine" },'
    edited = after.replace('\n    "Stop": [\n      {\n        "hooks": [', mine)
    edited = edited.replace('"model": "opus",', '"model" : "sonnet", "b":1,')
    assert edited.count("mine") == 1
    assert uninstall(edited, empty) == (
        '{\n  "model" : "sonnet", "b":1,\n  "hooks": {'
        + mine.removesuffix(",") + '\n        ]\n      }\n    ]\n  }\n}\n'
    )  # fmt: skip
    last = after.replace("\n  }\n}\n", '\n  },\n  "z": [ ]\n}\n')
    assert uninstall(last, empty) == '{\n  "model": "opus",\n  "z": [ ]\n}\n'


def test_only_what_we_emptied_goes() -> None:
    """A list that was empty before stays; without a record of that it is taken for ours."""
    text = '{ "hooks": { "Stop": [ ], "PreToolUse":[] } }'
    after, empty = install(text, status=False)
    assert empty == {"hooks/Stop": " "}
    assert uninstall(after, empty) == text
    assert uninstall(after, {}) == '{ "hooks": { "PreToolUse":[] } }'
    assert uninstall(install("{\n}")[0], {}) == "{}"


OLD = 'sh -c \'f=${SPREAD_HOME:-$HOME/.spread}/hooks/stop; [ ! -r "$f" ] || sh "$f"; exit 0\''


def old(event: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"hooks": {event: [{"hooks": [{"type": "command", "command": OLD, "timeout": 3}, *more]}]}}


def test_an_older_version_is_replaced_where_it_stands() -> None:
    """Our group of an earlier version becomes today's, between its neighbours; a second one goes."""
    group = old("Stop")["hooks"]["Stop"][0]
    others = [{"hooks": [{"type": "command", "command": name}]} for name in "ab"]
    text = json.dumps({"hooks": {"Stop": [others[0], group, others[1], group]}}, indent=1)
    after, empty = install(text, status=False)
    assert json.loads(after)["hooks"]["Stop"] == [others[0], OURS["Stop"], others[1]]
    assert json.loads(uninstall(after, empty)) == {"hooks": {"Stop": others}}


def test_an_event_we_left_is_cleared() -> None:
    """An entry of ours under an event that we do not use any more goes."""
    after, empty = install(json.dumps(old("SubagentStop")), status=False)
    assert "SubagentStop" not in json.loads(after)["hooks"]
    assert uninstall(after, empty) == "{}"


def test_an_entry_in_somebodys_group() -> None:
    """Ours among others in one group goes alone, and a group of our own is made."""
    mine = {"type": "command", "command": "mine"}
    text = json.dumps(old("Stop", mine))
    after, empty = install(text, status=False)
    assert json.loads(after)["hooks"]["Stop"] == [{"hooks": [mine]}, OURS["Stop"]]
    assert json.loads(uninstall(after, empty)) == {"hooks": {"Stop": [{"hooks": [mine]}]}}


def test_ours_in_a_hidden_member() -> None:
    """Of two members of one name the client takes the last: ours is put there, and leaves the other."""
    hidden = json.dumps(old("Stop"))[1:-1]
    text = "{" + hidden + ', "hooks": {"Stop": []}}'
    after, empty = install(text, status=False)
    assert json.loads(after)["hooks"] == {event: [group] for event, group in OURS.items()}
    assert after.count("hooks/stop") == 2
    assert uninstall(after, empty) == '{ "hooks": {"Stop": []}}'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n  // mine\n  "a": 1\n}', 2, "comment"),
        ('{\r\n  "a": 1,\r\n}', 2, "a comma"),
        ('["a",\n\n]', 1, "a comma"),
        ('{\r  "a": /* */ 1\r}', 2, "comment"),
        ('{\n\n"a": NaN, "b": "NaN"}', 3, "NaN"),
        ('{"NaN":\n-Infinity}', 2, "-Infinity"),
        ('{"a": "x\ty"}', 1, "control character"),
        ('{"a": 1}\n{"b": 2}', 2, "Extra data"),
        ('{"a": 01}', 1, "delimiter"),
        ("\n[]", 2, "no object"),
        ("\udcff{}", 1, "value"),
        ("[" * 100_000, 1, "nested"),
    ],
)
def test_what_the_client_would_not_load_is_refused(text: str, line: int, said: str) -> None:
    """Anything but one strict JSON object is refused, with its line."""
    with pytest.raises(SettingsError, match=said) as raised:
        check(text)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n"hooks": null}', 2),
        ('{"hooks": []}', 1),
        ('{"hooks": {\n\n"Stop": {}}}', 3),
        ('{"hooks":{"Stop":1}}', 1),
    ],
)
def test_hooks_of_another_shape_are_refused(text: str, line: int) -> None:
    """Where the client would skip our entries, we do not put any."""
    check(text)
    with pytest.raises(SettingsError, match="hooks") as raised:
        install(text)
    assert raised.value.line == line
    assert uninstall(text, {}) == text


@pytest.mark.parametrize(
    "status", ["null", '"x"', "{}", '{"type": "other", "command": "x"}', '{"type":"command"}']
)
def test_a_status_line_that_is_no_command_is_refused(status: str) -> None:
    """What we cannot add to is left alone."""
    text = '{\n"statusLine": ' + status + "}"
    with pytest.raises(SettingsError, match="statusLine") as raised:
        add_status(text, STATUS, {})
    assert raised.value.line == 2
    assert take_status(text, {}) == text


def test_a_status_line_edited_afterwards() -> None:
    """What the user wrote before and after our part stays when ours goes; the escapes too."""
    text = '{"statusLine": {"type": "command", "command": "\\u0061 \\"b\\" # c", "padding": 0}}'
    after = add_status(text, STATUS, {})
    assert json.loads(after)["statusLine"]["command"] == f'(a "b" # c\n); {STATUS}'
    edited = after.replace("\\u0061", "\\u0062").replace("exit 0'\"", "exit 0'; more\"")
    assert take_status(edited, {}) == text.replace("\\u0061", "\\u0062").replace('# c"', '# c; more"')
    assert take_status(after.replace('"(', '"'), {}) == text


def test_numbers_longer_than_python_reads() -> None:
    """A value is never converted, so none can be too long."""
    text = '{"a": ' + "9" * 10_000 + ', "b": 1e999999}'
    check(text)
    after, empty = install(text)
    assert uninstall(after, empty) == text


@pytest.mark.parametrize(
    "data", [b'{"a": "\xff\xfe"}', b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b'\xff\xfe"\0\x00\xd8"\0']
)
def test_bytes_come_out_as_they_went_in(data: bytes) -> None:
    """Also such as are no text in the file's encoding."""
    text, how = decode(data)
    assert encode(text, how) == data


def test_half_a_character_is_refused() -> None:
    """UTF-16 of an odd length is no text."""
    with pytest.raises(SettingsError, match="UTF-16"):
        decode(b"\xff\xfe{\0}")
