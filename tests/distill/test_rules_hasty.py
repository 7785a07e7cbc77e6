"""Rules typed in a hurry, and what is typed in a hurry and sets none."""

import pytest

from spread.distill.rules import rules


@pytest.mark.parametrize(
    "said",
    [
        "pin every action to a sha",
        "sign all commits",
        "errors get wrapped with %w everywhere",
        "posix sh only no bashisms",
        "names of tests are full sentences, not should_xxx",
        "migrations are always reversible, write the down step as well",
        "can u translate the strings to german use Sie not du",
        "we can't lock that table for more than a few secs, it's live",
        "no emojis in code or docs where did that rocket come from??",
        "shellcheck has to be clean on every script",
        "run tests in docker, not on the host",
        "make test, not pytest directly",
        "fix the code not the tests",
        "use the debugger skill not print statements",
        "use the github cli for issues",
        "raise dont return none",
        "squash when merging",
        "look for existing code before writing new",
        "sign off your commits",
        "clean up after yourself",
        "english commit messages",
        "boring code please",
        "branch names like feat/1234-short-desc",
        "imports sorted alphabetically",
        "errors should be actionable",
        "coverage stays above 90",
        "strict null checks stay on",
        "each test its own db",
        "show me a plan first then code",
        "give me options before big changes",
        "say so when you dont know",
        "add an entry to CHANGELOG for user visible stuff",
        "fail fast",
        "answer short",
        "log in json",
        "pin versions exactly",
        "keep imports at the top",
        "mit or apache licenses only",
        "ie11 support is required",
        "i hate one letter variable names",
        "python 3.9 compatible please",
        "ticket number in every commit message",
        "every public func needs a docstring",
    ],
)
def test_a_rule_needs_no_comma(said: str) -> None:
    """It is told verbatim, alone as well as below a task."""
    assert rules(said) == [said]
    assert rules(f"mend the parser first.\n{said}\nThen look at the lexer")[-1] == said


@pytest.mark.parametrize(
    "said",
    [
        "works on safari only no idea why",
        "safari only no errors in the console",
        "i use vim not emacs",
        "they use redis not memcached",
        "use it not that one",
        "names are ids, not 5 letters",
        "we can't reproduce it",
        "you never know where is it?",
        "don't you see why is it slow?",
        "run the second one, not the first",
        "use the cli for this",
        "the app dont start",
        "app dont start",
        "show your changes",
        "show me the plan",
        "tell me if you need more",
        "the sorted list is wrong",
        "imports are sorted wrong now",
        "users should be able to log in",
        "coverage is 90",
        "the screen stays on",
        "cover the cake",
        "tag the release",
        "it fails fast",
        "always the same error",
        "docs say you should never do this",
        "maybe we should never have used mongo",
        "i hate mondays",
        "check spelling",
    ],
)
def test_what_is_of_one_thing_or_told_is_none(said: str) -> None:
    """A report, an order about one thing, and what others say bind nobody."""
    assert rules(said) == []
