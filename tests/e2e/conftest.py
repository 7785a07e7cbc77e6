"""What the end-to-end tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two machines that are not paired yet, without a relay."""
    with World(tmp_path / "w") as made:
        made.configure()
        yield made
