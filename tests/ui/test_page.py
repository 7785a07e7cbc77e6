"""The page in a real browser: what it shows, that it is live, its actions and keys."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Playwright, expect

from spread import peers, store, store_accepted, store_inbox
from tests.e2e.world import Machine, World, wait_until
from tests.ui import sample
from tests.ui.browser import Alone, ahead, chromium
from tests.ui.conftest import Desk, Seen, home_of, paired_desk, serving

PARSE = sample.durations(3)
LOAD_MS = 500
MANY = 1000
AT = "performance.getEntriesByName('{name}')[0].startTime"


def row(session: str) -> str:
    return f".row[data-key*='{session}']"


def arrive(desk: Desk, session: str, goal: str, revision: int = 1) -> None:
    """Let a hand-off of the laptop come in, as the engine takes it in."""
    it = replace(
        sample.durations(3), id=f"{session}.{revision}", session_id=session, revision=revision, goal=goal,
        ended_at=sample.stamp(time.time()),
    )  # fmt: skip
    assert store_inbox.accept(desk.paths, "laptop", it.to_markdown(), expected=(session, revision), own=True)


def test_it_shows_how_things_stand(desk: Desk, seen: Seen) -> None:
    """Machines with routes, debts with their reason, the time line by day, what is new."""
    page = seen.open(desk.url).page
    names = page.locator("#machines .name")
    expect(names).to_have_text(["desk", "ines", "laptop", "workstation"])
    debt = page.locator("#page tbody tr")
    expect(debt).to_contain_text(["Release notes for 0.4.0"])
    expect(debt).to_contain_text(["no engine runs"])
    expect(page.locator("#machines [data-peer=workstation] .owed")).to_contain_text("1 owed since")
    expect(page.locator(".row")).to_have_count(len(sample.week()))
    assert page.locator(".day h3").count() >= 5
    assert page.locator(".stroke").count() == len(sample.week())
    expect(page.locator(".row").first).to_contain_text("Let parse_duration accept days")
    assert seen.console == []


def test_the_token_is_not_kept(desk: Desk, seen: Seen) -> None:
    """After the first load neither the address nor the page nor a script has it, nor the cookie."""
    page = seen.open(desk.url).page
    token = desk.url.partition("token=")[2]
    assert re.fullmatch(re.escape(desk.origin) + r"/[0-9a-f]{16}/", page.url)
    assert token not in page.content()
    assert page.evaluate("document.cookie") == ""
    page.go_back()
    assert token not in page.url
    page.go_forward()
    assert not [one for one in seen.requests[1:] if token in one.url + str(one.headers)]


def test_nothing_leaves_loopback(desk: Desk, seen: Seen) -> None:
    """Whatever is clicked, only our own server is asked, and the page says so by its policy."""
    page = seen.open(desk.url).page
    page.click(row(PARSE.session_id))
    page.click("#changes")
    page.wait_for_selector(".diff")
    page.fill("#search", "retries")
    expect(page.locator("#timeline > h2")).to_contain_text("with “retries”")
    page.keyboard.press("Escape")
    assert len(seen.requests) > 15
    assert {one.url[: len(desk.origin) + 1] for one in seen.requests} == {f"{desk.origin}/"}
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')") == "refused"
    wait_until("the policy has refused it", lambda: page.evaluate("window.ran") == ["policy connect-src"])


def test_a_hand_off_with_its_evidence(desk: Desk, seen: Seen) -> None:
    """What it says, each statement with the line it rests on."""
    page = seen.open(desk.url).page
    page.click(row(PARSE.session_id))
    expect(page.locator("#page h1")).to_have_text(PARSE.goal)
    part = page.locator(".part")
    expect(part.filter(has=page.get_by_role("heading", name="Next"))).to_contain_text("then tag 0.4.0. L53")
    expect(part.filter(has_text="Last request")).to_contain_text("answered L53")
    rules = part.filter(has=page.get_by_role("heading", name="Rules of the user")).locator("li")
    expect(rules).to_have_text([
        "Never change the signature of parse_duration: the billing service imports it. L3", "Tests first, please. L23",
    ])  # fmt: skip
    expect(page.locator(".check")).to_have_text("python3 -m unittest passed, exit code 0 L52")
    expect(page.locator(".files").first.locator("li").first).to_have_text("+test_days.py L13")
    assert "line 53" in str(page.locator(".next .mark").get_attribute("title"))
    expect(page.locator("#page footer")).to_contain_text("taken out before it was sent: 1 api-key")


def test_what_changed_between_two_revisions(desk: Desk, seen: Seen) -> None:
    """Words that went and came, items of lists; a second click closes it."""
    page = seen.open(desk.url).page
    page.click(row(PARSE.session_id))
    page.click("#changes")
    diff = page.locator(".diff")
    expect(diff.locator("dt")).to_contain_text(["State", "Last validation", "Next"])
    expect(diff.locator("dd").first.locator("del")).to_have_text("failing")
    expect(diff.locator("dd").first.locator("ins")).to_have_text("validated")
    expect(diff.get_by_text("9b20c4e refuse what is no duration", exact=True)).to_be_visible()
    page.keyboard.press("c")
    expect(diff).to_have_count(0)


def test_search(desk: Desk, seen: Seen) -> None:
    """Over all that was received and sent; what fits is marked; nothing found says so."""
    page = seen.open(desk.url).page
    page.keyboard.press("/")
    page.keyboard.type("refuse repeated unit")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row .snippet b").first).to_be_visible()
    page.fill("#search", "0.4.0 notes")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("desk")
    page.fill("#search", "zebra")
    expect(page.locator("#timeline")).to_contain_text("Nothing has all these words.")
    page.keyboard.press("Escape")
    expect(page.locator(".row")).to_have_count(len(sample.week()))


def test_keys(desk: Desk, seen: Seen) -> None:
    """j, k, Enter and Esc go through the list; ? helps; none of them in a field of text."""
    page = seen.open(desk.url).page
    for key in ("j", "j", "k", "j", "Enter"):
        page.keyboard.press(key)
    second = page.locator(".row").nth(1)
    expect(second).to_have_attribute("aria-current", "true")
    expect(page.locator("#page h1")).to_have_text("Release notes for 0.4.0")
    page.keyboard.press("Escape")
    expect(page.locator("#page h1")).to_have_text("Overview")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("next, previous")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    expect(page.locator("#search")).to_have_value("jk?")
    expect(page.locator("dialog")).to_be_hidden()


def test_what_comes_is_there_at_once(desk: Desk, seen: Seen) -> None:
    """A hand-off that arrives appears, a newer revision takes the place of the open one, forgetting elsewhere goes."""
    page = seen.open(desk.url).page
    arrive(desk, "feed0001", "Arrived while you looked")
    expect(page.locator(row("feed0001"))).to_contain_text("Arrived while you looked")
    page.click(row("feed0001"))
    expect(page.locator("#page h1")).to_have_text("Arrived while you looked")
    arrive(desk, "feed0001", "And went on", revision=2)
    expect(page.locator("#page h1")).to_have_text("And went on")
    page.click("#changes")
    expect(page.locator(".diff del")).to_contain_text(["Arrived while you looked"])
    store_inbox.forget(desk.paths, store.find(desk.paths, "feed0001"))
    expect(page.locator(row("feed0001"))).to_have_count(0)


def test_accept(desk: Desk, seen: Seen) -> None:
    """What was shown to a session before waits for the next one again, first in line."""
    page = seen.open(desk.url).page
    shown = next(turn for turn in sample.week() if turn.peer == "ines" and turn.seen)
    page.click(row(shown.session))
    page.click("#accept")
    expect(page.locator("#accept")).to_be_disabled()
    expect(page.locator(row(shown.session))).to_contain_text("accepted")
    item = store.find(desk.paths, shown.session)
    assert not item.seen
    assert store_accepted.names(desk.paths) == [os.path.basename(item.path)]


def test_forget_asks_first(desk: Desk, seen: Seen) -> None:
    """Cancelled nothing goes; else it is gone from the inbox and from the page, its earlier revisions too."""
    arrive(desk, "feed0002", "To be forgotten")
    arrive(desk, "feed0002", "To be forgotten soon", revision=2)
    page = seen.open(desk.url).page
    page.click(row("feed0002"))
    page.wait_for_selector("#forget")
    page.keyboard.press("x")
    page.click("dialog >> text=Cancel")
    assert store.find(desk.paths, "feed0002")
    page.keyboard.press("x")
    page.click("#sure")
    expect(page.locator(row("feed0002"))).to_have_count(0)
    expect(page.locator("#page h1")).to_have_text("Overview")
    assert not [name for name in os.listdir(desk.paths.inbox_earlier) if "feed0002" in name]


def test_asked_again_at_once(desk: Desk, seen: Seen) -> None:
    """A question that comes before the browser has told that the last one was closed is not emptied by that."""
    arrive(desk, "feed0003", "To be kept")
    page = seen.open(desk.url).page
    page.click(row("feed0003"))
    page.wait_for_selector("#forget")
    page.keyboard.press("x")
    page.wait_for_selector("#sure")
    page.evaluate(
        "document.querySelector('dialog .buttons button').click();"
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));"
    )
    page.wait_for_timeout(100)
    expect(page.locator("#sure")).to_be_visible()
    page.click("#sure")
    expect(page.locator(row("feed0003"))).to_have_count(0)


def test_pause_and_resume(desk: Desk, seen: Seen) -> None:
    """All, one machine, one project; the page shows it and the files say it."""
    page = seen.open(desk.url).page
    page.click("#pause")
    expect(page.locator("#pause")).to_have_text("Resume")
    expect(page.locator("#machines .own")).to_contain_text("nothing is handed over")
    assert os.path.exists(desk.paths.paused)
    page.click("#pause")
    expect(page.locator("#pause")).to_have_text("Pause")
    assert not os.path.exists(desk.paths.paused)
    page.click("[aria-label='Pause laptop']")
    expect(page.locator("[data-peer=laptop]")).to_contain_text("paused")
    assert Path(desk.paths.paused_peers).read_text() == "laptop\n"
    page.click("[aria-label='Resume laptop']")
    expect(page.locator("[aria-label='Pause laptop']")).to_be_visible()
    page.click(row(PARSE.session_id))
    page.click("#pause-project")
    expect(page.locator("#pause-project")).to_have_text("Resume project")
    assert Path(desk.paths.paused_projects).read_text() == f"{PARSE.project.id}\n"
    page.click("#pause-project")
    expect(page.locator("#pause-project")).to_have_text("Pause project")


def test_what_a_peer_sent(desk: Desk, seen: Seen) -> None:
    """A machine's name shows only what came from it or is owed to it."""
    page = seen.open(desk.url).page
    page.click("#machines [data-peer=ines] button.name")
    mine = sum(turn.peer == "ines" for turn in sample.week())
    expect(page.locator(".row")).to_have_count(mine)
    page.keyboard.press("Escape")
    expect(page.locator(".row")).to_have_count(len(sample.week()))


@pytest.fixture(scope="module")
def strangers(alone: Alone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Machine]]:
    """Two machines that do not know each other at first; one's page is served."""
    with World(tmp_path_factory.mktemp("strangers") / "w") as world:
        for machine in (world.a, world.b):
            home_of(machine)
            machine.through = alone.through
        with serving(world.a, alone) as made:
            yield made, world.b


DIED: Final = 9
DIES: Final = f"""
import os, sys
from spread import cli
from spread.commands import pair
pair._hex = lambda *_: os._exit({DIED})
cli.main(sys.argv[1:])
"""


def run_through(machine: Machine, program: str, *arguments: str) -> int:
    """Run a Python program as that machine would; return its exit code."""
    argv = [*machine.through, sys.executable, "-c", program, *arguments]
    return subprocess.run(argv, env=machine.env(), cwd=machine.project, timeout=60, check=False).returncode


def test_pair_with_a_code_of_ours(strangers: tuple[Desk, Machine], seen: Seen) -> None:
    """The page shows the command and its QR code; the other machine runs it, and both show the same words."""
    desk, other = strangers
    page = seen.open(desk.url).page
    page.keyboard.press("p")
    page.click("#make")
    command = page.locator("#command")
    expect(command).to_have_text(re.compile(r"^spread pair \w{6}-\w+-\w+-\w+$"))
    expect(page.locator("svg.qr path")).to_have_attribute("d", re.compile(r"^(M\d+ \d+h1v1h-1z){100,}$"))
    code = command.inner_text().split()[1:]
    assert run_through(other, DIES, *code) == DIED
    expect(page.locator("#note")).to_contain_text("who has the code broke off")
    done = other.run(*code)
    assert done.code == 0, done.err
    expect(page.locator("#check")).to_have_text(done.err.strip().rpartition(": ")[2])
    page.click("dialog >> text=Done")
    expect(page.locator("#machines [data-peer]")).to_contain_text(["b"])
    assert set(peers.load_all(desk.paths)) == {"b"}
    assert set(peers.load_all(other.paths)) == {"a"}


def test_pair_with_their_code(strangers: tuple[Desk, Machine], seen: Seen) -> None:
    """What is no code is explained; the other machine's code pairs, now as a teammate."""
    desk, other = strangers
    page = seen.open(desk.url).page
    page.click("#pair")
    page.fill("#code", "not a code")
    page.click("#join")
    expect(page.locator("dialog .error")).to_contain_text("that is no code")
    expect(page.locator("#code")).to_have_value("not a code")
    waiting = other.spread("pair")
    page.fill("#code", waiting.line())
    page.check("#teammate")
    page.click("#join")
    expect(page.locator("dialog")).to_contain_text("As teammates")
    assert waiting.end().code == 0
    assert peers.load(desk.paths, "b").teammate


def test_a_thousand_hand_offs(driver: Playwright, alone: Alone, tmp_path: Path) -> None:
    """From the start of the navigation until the list is painted takes less than half a second."""
    with World(tmp_path / "w") as world, ahead(alone) as first, chromium(driver, first, tmp_path) as browser:
        here = Machine(world, "desk")
        here.configure()
        now = time.time()
        for number in range(MANY):
            session = f"{number:08x}-0000-4000-8000-000000000000"
            it = replace(
                sample.durations(2 + number % 2), id=f"{session}.1", session_id=session, revision=1,
                goal=f"Hand-off number {number}: {PARSE.goal}", ended_at=sample.stamp(now - number * 600),
            )  # fmt: skip
            path = Path(here.paths.inbox_seen, f"laptop.{session}.1.md")
            path.write_text(it.to_markdown())
            os.utime(path, (now - number * 600 + 1, now - number * 600 + 1))
        with serving(here, first) as desk:
            took: list[list[int]] = []
            while not took or (took[-1][0] >= LOAD_MS and len(took) < 15):  # the machine may be busy
                context = browser.new_context(viewport={"width": 1300, "height": 900})
                page = Seen(context.new_page()).open(desk.url).page
                expect(page.locator(".row")).to_have_count(MANY)
                marks = [page.evaluate(AT.format(name=name)) for name in ("list", "all")]
                took.append([round(ms) for ms in marks])
                context.close()
            print("ms until the list is painted, and until all of it is there:", took)
            assert min(one for one, _ in took) < LOAD_MS


def test_a_browser_we_start_gets_there(
    alone: Alone, seen: Seen, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The private file leads on to the hand-off that was asked for; no token is there, and going back uses none."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/new && mv {tmp_path}/new {tmp_path}/asked\n')
    script.chmod(0o700)
    with World(tmp_path_factory.mktemp("started") / "w") as world:
        desk = paired_desk(world)
        desk.through = alone.through
        served = desk.spread("show", "--web", PARSE.session_id, DISPLAY=":none", BROWSER=str(script))
        wait_until("a browser is started", (tmp_path / "asked").exists)
        page = seen.page
        page.goto((tmp_path / "asked").read_text().strip())  # and from there it is led on again
        expect(page.locator("#page")).to_contain_text("parse_duration")
        assert page.url.partition("#")[2] == served.line().partition("#")[2] != ""
        assert "token" not in page.url + str(page.evaluate("performance.getEntries().map((one) => one.name)"))
        assert os.listdir(desk.paths.ui) == []
        page.go_back()
        page.goto(served.line())
        assert "twice" not in served.stop().err
    assert seen.console == []
