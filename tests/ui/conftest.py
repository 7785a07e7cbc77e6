"""One Chromium for the tests of a module, in a network that has only loopback; and pages to drive."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, expect, sync_playwright

from spread import identity
from tests.conftest import need
from tests.e2e.world import Command, Machine, World, wait_until
from tests.pairs import Home, befriend
from tests.ui import sample
from tests.ui.browser import Alone, chromium, missing

expect.set_options(timeout=60_000)  # ms; the browser may have to wait for its turn

# Whatever runs that was injected calls one of these, or asks for something; both are seen.
WATCHED = """
  window.ran = [];
  for (const name of ["alert", "confirm", "prompt"]) window[name] = (what) => { window.ran.push(name + what); };
  document.addEventListener("securitypolicyviolation", (event) => window.ran.push("policy " + event.violatedDirective));
"""

IS_PAINTED = "performance.getEntriesByName('list').length"


class Desk:
    """A machine with the page running in a browser's reach."""

    def __init__(self, machine: Machine, served: Command) -> None:
        self.machine = machine
        self.paths = machine.paths
        self.served = served
        self.url = served.line()
        self.origin = self.url.partition("/?")[0]


class Seen:
    """A page, all that it asked for, and all that was said on its console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.console: list[str] = []
        page.on("request", lambda one: self.requests.append(one))
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda problem: self.console.append(str(problem)))

    def open(self, url: str) -> "Seen":
        """Go there and wait until the list is painted."""
        self.page.goto(url)
        # the page's own policy forbids what `wait_for_function` does
        wait_until("the list is painted", lambda: self.page.evaluate(IS_PAINTED), 60)
        return self


@pytest.fixture(scope="module")
def alone() -> Iterator[Alone]:
    """A network namespace that has a loopback interface and nothing else."""
    need(not missing(), f"for a browser: {missing()}")
    with Alone() as made:
        assert made.interfaces() == ["lo"]
        yield made


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(driver: Playwright, alone: Alone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium in there."""
    with chromium(driver, alone, tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    """A fresh page, without cookies."""
    context = browser.new_context(viewport={"width": 1300, "height": 900}, locale="en-GB")
    context.set_default_timeout(90_000)
    context.add_init_script(WATCHED)
    yield Seen(context.new_page())
    context.close()


@contextmanager
def serving(machine: Machine, alone: Alone) -> Iterator[Desk]:
    """Run `spread ui` in the browser's network."""
    machine.through = alone.through
    served = machine.spread("ui", "--no-open")
    try:
        yield Desk(machine, served)
    finally:
        served.stop()


def home_of(machine: Machine) -> Home:
    """Return a machine's directories and keys, made if need be."""
    machine.configure()
    return Home(machine.name, machine.paths, identity.load(machine.paths))


def paired_desk(world: World) -> Machine:
    """Return a machine that is paired with three others and has the sample of a week."""
    here = Machine(world, "desk")
    for name in ("laptop", "workstation", "ines"):
        befriend(home_of(here), home_of(Machine(world, name)), now=time.time(), teammate=name == "ines")
    sample.populate(here.paths, "desk", time.time())
    return here


@pytest.fixture(scope="module")
def desk(alone: Alone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The sample of a week, served; tests of one module share it."""
    with (
        World(Path(tmp_path_factory.mktemp("desk")) / "w") as world,
        serving(paired_desk(world), alone) as made,
    ):
        yield made
