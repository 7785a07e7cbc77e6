"""Reading the vectors of the protocol; what a vector is stands in README.md."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def paths() -> list[Path]:
    """Return all vector files."""
    return sorted(FOLDER.glob("*/*.json"))


def load(path: Path) -> dict[str, Any]:
    """Return one vector, long strings written out."""
    vector = expand(json.loads(path.read_text(encoding="utf-8")))
    assert isinstance(vector, dict)
    return vector


def expand(value: Any) -> Any:
    """Return a value with `{"begin": …, "repeat": …, "times": …, "end": …}` written out as the string it stands for."""
    if isinstance(value, list):
        return [expand(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"begin", "repeat", "times", "end"}:
            return str(value["begin"]) + str(value["repeat"]) * int(value["times"]) + str(value["end"])
        return {name: expand(item) for name, item in value.items()}
    return value
