"""Changes that were saved as a patch: taken back, and put in again."""

from pathlib import Path

import pytest

from tests.distill.test_operands import told

SAVE = "git diff > /tmp/p.patch"
AWAY = "git checkout -- a.py"


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (["edit a.py", SAVE, AWAY, "make", "git apply /tmp/p.patch"], "~a.py"),
        (["edit a.py", SAVE, AWAY, "make"], ""),
        (["edit a.py", SAVE, AWAY, "git apply --check /tmp/p.patch"], ""),
        (["edit a.py", SAVE, AWAY, "git apply /tmp/p.patch; ls => error: patch failed: a.py:1"], ""),
        (["edit a.py", SAVE, AWAY, "git apply /tmp/q.patch"], ""),
        (["edit a.py", "edit b.py", "git diff a.py > p.diff", "git checkout .", "git apply p.diff"], "+p.diff ~a.py"),
        (["edit a.py", "git diff --stat > /tmp/p.patch", AWAY, "git apply /tmp/p.patch"], ""),
        (["sed -i s/a/b/ a.py && git diff > /tmp/p.patch", AWAY, "git apply /tmp/p.patch"], "~a.py"),
        (["edit a.py", f"{SAVE}; {AWAY}; make; git apply /tmp/p.patch"], "~a.py"),
        (["edit a.py", SAVE, "git apply -R /tmp/p.patch"], ""),
        (["edit a.py", SAVE, "git apply -R /tmp/p.patch", "git apply /tmp/p.patch"], "~a.py"),
        (["edit a.py", SAVE, "edit a.py", "git apply -R /tmp/p.patch"], "~a.py"),
    ],
)  # fmt: skip
def test_a_saved_patch_holds_what_was_changed(tmp_path: Path, steps: list[str], wanted: str) -> None:
    """What was changed then is changed again with it, and as it was before once it is taken back."""
    assert told(tmp_path, *steps) == wanted
