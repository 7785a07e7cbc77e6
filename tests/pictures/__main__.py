"""Pictures of the page and of a terminal from the real program: `python -m tests.pictures [FOLDER]`.

Without FOLDER the few that are kept beside this file are made anew; with it, all of them.
Three homes that are paired, two engines and one Chromium, in a network namespace of their own.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from spread import identity
from tests.e2e.world import Machine, World, wait_until
from tests.pairs import Home, befriend
from tests.pictures import terminal
from tests.ui import sample
from tests.ui.browser import Alone, chromium, missing

FOLDER = Path(__file__).resolve().parent
WIDE, NARROW = ViewportSize(width=1360, height=860), ViewportSize(width=390, height=844)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
KEPT = ("overview-light", "changes-light", "handoff-dark", "overview-dark-narrow")
OPEN = "c523a40d-6879-4aee-adba-53a54d8f06e7"


def home_of(machine: Machine) -> Home:
    """Return a machine's directories and keys, made if need be."""
    machine.configure()
    return Home(machine.name, machine.paths, identity.load(machine.paths))


@contextmanager
def desk(folder: Path, alone: Alone) -> Iterator[Machine]:
    """Yield a machine with the sample on it and its engine running; of its peers one is there."""
    with World(folder / "world") as world:
        here = Machine(world, "desk")
        laptop, workstation, ines = (Machine(world, name) for name in ("laptop", "workstation", "ines"))
        for machine in (here, laptop):
            machine.through = alone.through
        now = time.time()
        for peer, mate in ((laptop, False), (workstation, False), (ines, True)):
            befriend(home_of(here), home_of(peer), now=now, teammate=mate)
        sample.populate(here.paths, "desk", now)
        laptop.start_engine()
        here.start_engine()
        wait_until("a route", lambda: here.status()["peers"]["laptop"]["routes"])
        yield here


def shoot(browser: Browser, url: str, folder: Path, kept: bool) -> list[Path]:
    """Take all pictures, or those that are kept, and return where they are."""
    made: list[Path] = []

    def picture(page: Page, name: str) -> None:
        if kept and name not in KEPT:
            return
        page.wait_for_timeout(150)  # fonts and layout are settled
        page.screenshot(path=folder / f"{name}.png")
        made.append(folder / f"{name}.png")

    for scheme in SCHEMES:
        for size, kind in ((WIDE, ""), (NARROW, "-narrow")):
            context = browser.new_context(
                viewport=size, color_scheme=scheme, device_scale_factor=2 if kind else 1, locale="en-GB"
            )
            page = context.new_page()
            page.goto(url)
            page.wait_for_selector(".row")
            picture(page, f"overview-{scheme}{kind}")
            page.click(f".row[data-key*='{OPEN}']")
            page.wait_for_selector("header.handoff")
            picture(page, f"handoff-{scheme}{kind}")
            page.click("#changes")
            page.wait_for_selector(".diff")
            picture(page, f"changes-{scheme}{kind}")
            if scheme == "light":
                page.keyboard.press("p")
                page.click("#make")
                page.wait_for_selector(".qr")
                picture(page, f"pair-{scheme}{kind}")
                page.keyboard.press("Escape")
                page.wait_for_selector("dialog:not([open])", state="attached")
            context.close()
    return made


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if missing():
        print(f"needed and not here: {missing()}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, Alone() as alone, desk(Path(scratch), alone) as here:
        print(terminal.draw(here, (["inbox"], ["show", "latest"]), folder / "terminal.svg"))
        served = here.spread("ui", "--no-open")
        with sync_playwright() as driver, chromium(driver, alone, Path(scratch)) as browser:
            for path in shoot(browser, served.line(), folder, len(sys.argv) < 2):
                print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
