"""What is found of a command line is remembered, and only that."""

from spread.distill.once import KEPT_LINES, KEPT_LONG, SHORT_CHARS, of_line


def test_the_same_line_is_looked_at_once() -> None:
    """The function that looks is called once for a line, and what it found is given again."""
    seen = list[str]()

    @of_line
    def words(source: str) -> list[str]:
        """Say what is found."""
        seen.append(source)
        return source.split()

    assert words("make all") is words("make " + "all")
    assert seen == ["make all"]
    assert words.__doc__ == "Say what is found."


def test_few_long_lines_are_remembered() -> None:
    """Lines that are long are forgotten sooner than short ones, so that they take no room."""
    seen = list[str]()

    @of_line
    def ends(source: str) -> str:
        seen.append(source[-6:])
        return source[-6:]

    for number in range(KEPT_LONG + 1):
        ends(f"{'x' * SHORT_CHARS}{number:6}")
        ends(f"{number:6}")
    ends(f"{'x' * SHORT_CHARS}{0:6}")
    ends(f"{0:6}")
    assert seen.count(f"{0:6}") == 3
    assert KEPT_LINES > KEPT_LONG
