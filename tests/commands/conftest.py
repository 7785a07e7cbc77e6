"""The commands are tested in the same world as the whole, or in this process where that is enough."""

from collections.abc import Callable

import pytest

from spread import cli
from tests.e2e.conftest import world as world
from tests.e2e.world import Done

Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def once(*arguments: str) -> Done:
        code = cli.main(arguments)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return once
