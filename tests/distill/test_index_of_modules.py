"""The list of modules in the package's docstring is of those that are there."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import spread.distill


def test_the_list_names_every_module_and_no_other() -> None:
    """Each name stands for a module at least, and each module has one."""
    rows = re.findall(r"^    (?:\w.{19}|\s{20})(\S.*)$", spread.distill.__doc__ or "", re.MULTILINE)
    names = re.findall(r"[\w*]+", " ".join(rows))
    modules = {path.stem for path in Path(spread.distill.__file__).parent.glob("*.py")} - {"__init__"}
    assert [name for name in names if not any(fnmatchcase(module, name) for module in modules)] == []
    assert [module for module in modules if not any(fnmatchcase(module, name) for name in names)] == []
    assert len(names) == len(set(names))
