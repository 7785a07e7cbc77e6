"""How much an item of a list tells."""

from spread.distillation_worth import statements, worth


def test_an_order_to_go_on_tells_little() -> None:
    """What came of it shows the same."""
    assert worth("- user: “commit this and push it then” (L4)") < worth(
        "- user: “hold this back until then” (L4)"
    )


def test_a_yes_to_what_they_wished_decides_it() -> None:
    """A yes to anything else shows in what followed."""
    assert worth("- their wish: keep one book for both → “yes” (L4)") > worth("- Keep it? → “yes” (L4)")


def test_worth_of_failures() -> None:
    """An objection tells more than a failed call, that more than a slip."""
    objection = "- user objected: “no, the other file” (to: I changed this file.) (L3)"
    failed = "- `make x` failed: main.go:3: no `lockFile` here (L4)"
    slip = "- Edit `/a` failed: File has not been read yet; a later try worked (L7) (L5)"
    diagnosis = "- agent's diagnosis: “The cache holds an old lock file.” (L6)"
    noted = "- agent noted: “Only works from the first of these tools, as it is no command.” (L7)"
    assert worth(objection) > worth(diagnosis) > worth(failed) > worth(noted) > worth(slip)


def test_what_the_next_call_does_rightly_tells_little() -> None:
    """A path that is not there, or a tool that wants another call first; what was met again and again tells more."""
    failed = "- `make x` failed: error: the lock is held (L4)"
    assert worth("- `make x` failed: error: ENOENT: no such file or directory (L4)") < worth(failed)
    assert worth("- find `the button` failed: no page is read; call read first (L4)") < worth(failed)
    assert worth(failed) < worth("- `make x` failed 3 times since L1: error: the lock is held (L4)")


def test_a_refusal_tells_more_than_what_is_said_besides() -> None:
    """What was refused, nothing that was done shows."""
    words = "put the notes into another file"
    assert worth(f"- denied: Bash `git add notes`; user: “{words}” (L3)") > worth(f"- user: “{words}” (L4)")


def test_a_refusal_that_only_asks_tells_little() -> None:
    """What it wants to know was answered; a wish put as a question is one all the same."""
    asks = "- denied: Bash `frob --all`; user: “what is frob and does it write anything?” (L3)"
    wishes = "- denied: Edit `/a.py`; user: “can we split this into another new file?” (L4)"
    assert worth(asks) < worth("- user: “put the notes into another file” (L4)") < worth(wishes)


def test_how_text_is_laid_out_is_worth_little() -> None:
    """What a formatter mends says nothing of the work."""
    laid = "- `lint docs` failed: a.md:4:1 error MD013/line-length Line length; never seen to pass (L3)"
    assert worth(laid) < worth(
        "- `lint docs` failed: a.md:4:1 error the link leads nowhere; never seen to pass (L3)"
    )


def test_what_binds_from_then_on_tells_more_than_a_wish_of_a_moment() -> None:
    """Of many rules a short ban stays before long wishes."""
    assert worth("- never push (L3)") > worth("- make the map of the game wider than the window (L4)")


def test_two_questions_with_a_few_words_before_them_state_nothing() -> None:
    """ "Two things" says no more of what is wanted than the questions that it leads to."""
    asked = "two more things - what does the pier do and how does it change the lamps? - what happens when it rains?"
    assert statements(asked) == ""
    assert statements("the lamps have to be red by tonight, could we do that?").startswith(
        "the lamps have to be red"
    )
    stated = "the lamps have to be red by tonight - and what do we do with the horns of it?"
    assert worth(f"- plan rejected; user: “{asked}” (L4)") < worth(f"- plan rejected; user: “{stated}” (L4)")
