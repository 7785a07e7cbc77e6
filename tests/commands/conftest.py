"""The commands are tested in the same world as the whole."""

from tests.e2e.conftest import world as world
