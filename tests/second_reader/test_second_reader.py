"""The second reader agrees with every vector, on the layer too, and takes nothing from `spread`."""

import ast
from pathlib import Path

import pytest

from tests import vectors
from tests.second_reader.basics import Refused
from tests.second_reader.run import DO


@pytest.mark.parametrize("path", vectors.paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_vector(path: Path) -> None:
    """The same results, and the same layer refuses."""
    vector = vectors.load(path)
    if "layer" in vector:
        with pytest.raises(Refused) as refused:
            DO[vector["do"]](vector["given"])
        assert refused.value.layer == vector["layer"]
    else:
        assert DO[vector["do"]](vector["given"]) == vector["gives"]


def test_reader_stands_alone() -> None:
    """It imports the standard library, primitives, itself, and the reading of vectors: never `spread` or `spake2`."""
    for path in Path(__file__).parent.glob("*.py"):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            roots = [name for name in names if name.split(".")[0] in ("spread", "spake2")]
            assert roots == [], path.name
