"""A comparison that finds differences did not fail, whatever its exit code."""

from pathlib import Path

import pytest

from spread.distill.differs import found
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("diff -u a b", 1),
        ("cd sub && cmp a b", 1),
        ("make; git diff --exit-code", 1),
        ("git -C sub diff --quiet", 1),
        ("kubectl diff -f k8s/", 1),
        ("terraform plan -detailed-exitcode", 2),
        ("helm diff upgrade x . --detailed-exitcode", 2),
    ],
)
def test_differences_are_no_failure(source: str, code: int) -> None:
    """Each says so with an exit code of its own."""
    assert found(source, f"Exit code {code}\n-a\n+b") == "-a\n+b"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("diff a gone", 2),
        ("git diff --exit-code", 128),
        ("terraform plan -detailed-exitcode", 1),
        ("kubectl diff -f k8s/", 2),
        ("make && diff a b", 1),
        ("set -e; make; diff a b", 1),
        ("! diff a b", 1),
        ("diff a b | head", 1),
        ("diff a b; ./test.sh", 1),
        ("npm diff", 1),
    ],
)
def test_trouble_is_a_failure(source: str, code: int) -> None:
    """So is what another command of the line may have failed at."""
    assert found(source, f"Exit code {code}\n-a\n+b") is None


def test_a_page_tells_what_differs(tmp_path: Path) -> None:
    """Nothing of it stands as failed."""
    lines = Lines()
    lines.user("does the cluster have what is in the repository?")
    lines.bash("kubectl diff -f k8s/", "-  replicas: 1\n+  replicas: 2", code=1)
    lines.bash("terraform plan -detailed-exitcode", "Plan: 1 to add, 0 to change.", code=2)
    lines.bash("git diff --quiet", code=1)
    lines.say("It has one replica less, and a change is not applied.")
    page = lines.page(tmp_path)
    assert "`kubectl diff -f k8s/` → it differs; - replicas: 1; + replicas: 2" in page
    assert "`git diff --quiet` → it differs" in page
    assert "failed" not in page
