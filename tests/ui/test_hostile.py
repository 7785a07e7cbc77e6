"""Hand-offs, names and states that try to run something in the page: none of it ever does.

Each text calls `alert`, changes `window.ran`, or asks a server for something when it runs; a page without our care
shows that they do (the first test).
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from spread import engine_lock, store, store_inbox
from spread.distillation import Distillation
from spread.distillation_fields import Agent, Files, ProjectRef, Rename, Todo, Validation
from spread.paths import write_atomic
from tests.e2e.world import Machine, World, wait_until
from tests.ui.browser import Alone
from tests.ui.conftest import WATCHED, Desk, Seen, serving

SCRIPTS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(2)</sCrIpT>",
    "<script src=//127.0.0.1:9/x.js></script>",
    "<img src=x onerror=alert(3)>",
    "<img src=x onerror='alert(4)'//",
    '"><img src=x onerror=alert(5)>',
    "'><svg/onload=alert(6)>",
    "<svg><script>alert(7)</script></svg>",
    "<svg><animate onbegin=alert(8) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(9)'><text y=20>x</text></a></svg>",
    "<math><mi xlink:href='data:x,<script>alert(10)</script>'>",
    "</title><script>alert(11)</script>",
    "</textarea></style></noscript><script>alert(12)</script>",
    "--><script>alert(13)</script><!--",
    "]]><script>alert(14)</script>",
    "<iframe srcdoc='<script>parent.alert(15)</script>'></iframe>",
    "<iframe src=javascript:parent.alert(16)></iframe>",
    "<object data=javascript:alert(17)></object>",
    "<embed src=javascript:alert(18)>",
    "<body onload=alert(19)>",
    "<details open ontoggle=alert(20)>x",
    "<input autofocus onfocus=alert(21)>",
    "<video><source onerror=alert(22)></video>",
    "<a href=javascript:alert(23)>x</a>",
    "[x](javascript:alert(24))",
    "![x](http://127.0.0.1:9/x.png)",
    "javascript:alert(25)",
    "data:text/html,<script>alert(26)</script>",
    "<form action=javascript:alert(27)><button autofocus>x</button></form>",
    "<base href=//127.0.0.1:9/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(28)'>",
    "<link rel=stylesheet href=//127.0.0.1:9/x.css>",
    "<style>@import '//127.0.0.1:9/y.css';*{background:url(//127.0.0.1:9/z)}</style>",
    "<template shadowrootmode=open><script>alert(29)</script></template>",
    "${alert(30)}",
    "`${alert(31)}`",
    "{{constructor.constructor('alert(32)')()}}",
    "');alert(33);//",
    '";alert(34);//',
    "\\u003cscript\\u003ealert(35)\\u003c/script\\u003e",
    "&lt;script&gt;alert(36)&lt;/script&gt;",
    "\uff1cscript\uff1ealert(37)\uff1c/script\uff1e",
    "<\u0000script>alert(38)</script>",
    "\u202e<script>alert(39)</script>\u2066",
    "<scr\u200bipt>alert(40)</scr\u200bipt>",
    "<img src=x onerror=alert(41)>`<img src=x onerror=alert(42)>`",
    "__proto__",
    "L1<script>alert(43)</script>",
)
ALL = "\n".join(SCRIPTS)
TIMES = (  # the first and the last that a browser knows, and what it may take for one
    ("-271821-04-20T00:00:00.000Z", "-271821-04-20T00:00:00.000Z"),
    ("+275760-09-13T00:00:00.000Z", "+275760-09-13T00:00:00.000Z"), ("1", "0"), ("Infinity", "NaN"),
)  # fmt: skip
ANSWERED = "Failed to load resource: the server responded with a status of 4"  # our own server, as it should
IMAGE = "<img src=x onerror=alert(99)>"
# What of a hand-off ever becomes something else than text would be seen here.
STRANGE = """() => [...document.querySelectorAll('*')].filter((node) =>
  [...node.attributes].some((one) => one.name.startsWith('on') || one.name === 'style' || one.name === 'srcdoc'
    || (/^(href|src|action|data|xlink:href)$/.test(one.name) && /:/.test(one.value)))
  || /^(iframe|object|embed|img|video|form|base|style|template|animate|math)$/.test(node.localName)
  || (node.localName === 'script' && !(node.getAttribute('src') === 'app.js'))
).map((node) => node.outerHTML.slice(0, 200))"""


def hostile(session: str, revision: int, text: str) -> Distillation:
    """Return a hand-off with the text wherever there is room for one."""
    many = tuple(text.split("\n"))
    return Distillation(
        id=f"{session}.{revision}", session_id=session, revision=revision, goal=text, last_request=text,
        project=ProjectRef(text, text, text, text, True, text), machine=text, agent=Agent(text, text, text),
        started_at=text, ended_at=text, state=text, constraints=many, summary=text, completed=many, decisions=many,
        failed=many, files=Files(many, many, many, tuple(Rename(one, one) for one in many), many),
        validation=Validation(text, text, 1, text, False, text), todos=tuple(Todo(one, one) for one in many),
        next=text, uncertainties=many, context=text, commits=many, redactions={one: 1 for one in many},
        evidence={name: many for name in ("goal", "next", "last_request", "answer", "constraints", "todos",
                                          "files.created", "validation", "decisions")},
    )  # fmt: skip


@pytest.fixture(scope="module")
def infested(alone: Alone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home in which everything that others can write is hostile, and an engine that tells hostile things."""
    with World(tmp_path_factory.mktemp("hostile") / "w") as world:
        here = Machine(world, "desk")
        here.configure()
        paths = here.paths
        for number, text in enumerate((ALL, *SCRIPTS)):
            first, second = hostile(f"h{number}", 1, text[::-1]), hostile(f"h{number}", 2, text)
            if number < 8:  # revisions to compare
                store_inbox.accept(paths, "laptop", first.to_markdown(), expected=(f"h{number}", 1), own=True)
                store_inbox.accept(
                    paths, "laptop", second.to_markdown(), expected=(f"h{number}", 2), own=True
                )
            else:
                Path(paths.inbox_seen, f"laptop.h{number}.2.md").write_text(second.to_markdown())
        for number, times in enumerate(TIMES):
            odd = replace(hostile(f"t{number}", 1, "x"), started_at=times[0], ended_at=times[1])
            Path(paths.inbox_seen, f"laptop.t{number}.1.md").write_text(odd.to_markdown())
        # a peer's name that no pairing allows, in the name of a file
        Path(paths.inbox_seen, f"{IMAGE}.evil.1.md").write_text(hostile("evil", 1, ALL).to_markdown())
        store.put(paths, IMAGE, "owed", 1, hostile("owed", 1, ALL).to_markdown())
        Path(paths.paused_projects).write_text(f"{IMAGE}\n")
        told = {
            "peers": {}, "lan": ALL, "relays": {ALL: ALL}, "inbox": ALL, "problems": {ALL: ALL}, "polling": True,
        }  # fmt: skip
        with engine_lock.locked(paths):  # what it told counts while it runs
            write_atomic(paths.engine_status, json.dumps(told).encode())
            with serving(here, alone) as desk:
                yield desk


def is_clean(seen: Seen, desk: Desk) -> None:
    """Nothing has run, nothing was asked for elsewhere, and nothing of the texts is markup."""
    page = seen.page
    assert page.evaluate("window.ran") == []
    assert page.evaluate(STRANGE) == []
    assert [said for said in seen.console if not said.startswith(ANSWERED)] == []
    assert {one.url[: len(desk.origin) + 1] for one in seen.requests} == {f"{desk.origin}/"}
    assert page.evaluate("Object.keys(Object.prototype)") == []


def open_one(page: Page, key: str) -> None:
    page.evaluate("(key) => { location.hash = key.split('/').map(encodeURIComponent).join('/'); }", key)
    page.wait_for_selector("#page > header.handoff")


def test_the_texts_do_run_where_nobody_takes_care(browser: Browser) -> None:
    """The same texts as markup, without our page and its policy: many of them run."""
    context = browser.new_context()
    context.add_init_script(WATCHED)
    page = context.new_page()
    page.goto("about:blank")
    page.evaluate(WATCHED)
    page.set_content(f"<title>x</title>{ALL}")
    wait_until("some have run", lambda: len(page.evaluate("window.ran")) >= 5)
    context.close()


def test_the_overview(infested: Desk, seen: Seen) -> None:
    """List, machines, routes, problems, debts, and the picture of the days."""
    page = seen.open(infested.url).page
    page.wait_for_selector("#page tbody tr")
    wait_until("all rows are there", lambda: page.locator(".row").count() == len(SCRIPTS) + len(TIMES) + 3)
    assert page.get_by_text(IMAGE).count() >= 2
    assert "<script>alert(1)</script>" in page.locator("#machines").inner_text()
    page.locator(".row").last.hover()
    is_clean(seen, infested)


def test_each_hand_off(infested: Desk, seen: Seen) -> None:
    """Every text in every field, opened one after the other; the page's title too."""
    page = seen.open(infested.url).page
    page.wait_for_selector("#page h1")
    for number, text in enumerate((ALL, *SCRIPTS)):
        open_one(page, f"in/laptop/h{number}.2")
        expect(page.locator("#page footer code")).to_have_text(f"h{number}.2")
        if number:
            shown = page.locator("#page h1").inner_text()
            assert "alert" in shown or "alert" not in text
    for key in (f"in/{IMAGE}/evil.1", *(f"in/laptop/t{number}.1" for number in range(len(TIMES)))):
        open_one(page, key)
        expect(page.locator("#page footer code")).to_have_text(key.rpartition("/")[2])
    is_clean(seen, infested)


def test_everything_is_clicked(infested: Desk, seen: Seen) -> None:
    """What can be opened is opened: all items of the lists, changes, keys, and text that looks like a link."""
    page = seen.open(infested.url).page
    open_one(page, "in/laptop/h0.2")
    for more in page.locator("#page button.link").all():
        more.click()
    page.click("#changes")
    page.wait_for_selector(".diff dd")
    for _ in range(6):
        page.keyboard.press("j")
    page.get_by_text("javascript:alert(25)").first.click()
    page.click("#forget")
    page.click("dialog >> text=Cancel")
    is_clean(seen, infested)


def test_search_and_address(infested: Desk, seen: Seen) -> None:
    """What is searched for, what is found, and what stands behind the # are texts too."""
    page = seen.open(infested.url).page
    for words in ("alert", IMAGE, "<script>alert(1)</script>"):
        page.fill("#search", words)
        expect(page.locator("#timeline > h2")).to_contain_text(f"“{words}”")
    page.wait_for_selector(".row .snippet")
    is_clean(seen, infested)
    page.goto(f"{page.url.partition('#')[0]}#{IMAGE}%3Cscript%3Ealert(1)%3C/script%3E")
    page.wait_for_selector("#page .error")
    page.goto(f"{page.url.partition('#')[0]}#%E0%A4%A")
    is_clean(seen, infested)


def test_failures_quote_nothing_as_markup(infested: Desk, seen: Seen) -> None:
    """An error names what was asked for; it is text as well."""
    page = seen.open(infested.url).page
    page.wait_for_selector("#page h1")
    page.click("#pair")
    page.fill("#code", IMAGE)
    page.click("#join")
    page.wait_for_selector("dialog .error")
    page.keyboard.press("Escape")
    is_clean(seen, infested)
