"""What here-documents put into files."""

from pathlib import Path

import pytest

from spread.distill.filled import MOST, text_for
from tests.distill.lines import CWD, Lines

LAMP = "export const LAMP_LIMIT = 7;\n"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (f"cat > lamp.ts << 'EOF'\n{LAMP}EOF", LAMP),
        (f'cd src && cat >lamp.ts <<"EOF"\n{LAMP}EOF\nls', LAMP),
        (f"cat <<'EOF' > lamp.ts\n{LAMP}EOF", LAMP),
        (f"cat <<'EOF' > \"lamp.ts\" && ls\n{LAMP}EOF", LAMP),
        ("cat > lamp.ts <<-EOF\n\tone\n\tEOF", "one\n"),
        (f"cat > bell.ts <<'A'\nding\nA\ncat > lamp.ts <<'B'\n{LAMP}B", LAMP),
        (f"cat > lamp.ts <<'A'\nold\nA\ncat > lamp.ts <<'B'\n{LAMP}B", LAMP),
        ("cat > lamp.ts <<EOF\nplain\nEOF", "plain\n"),
        ("cat > lamp.ts <<EOF\n$LIMIT\nEOF", None),  # the shell puts in what nobody sees
        ("cat > lamp.ts <<'EOF'\nno end", None),
        (f"cat >> lamp.ts <<'EOF'\n{LAMP}EOF", None),
        (f"cat > old-lamp.ts <<'EOF'\n{LAMP}EOF", None),
        (f"cat > lamp.ts.bak <<'EOF'\n{LAMP}EOF", None),
        (f"sed s/7/8/ > lamp.ts <<'EOF'\n{LAMP}EOF", None),
        (f"cat <<'EOF' | sed s/7/8/ > lamp.ts\n{LAMP}EOF", None),
        ("cat > bell.ts <<'A' && cat > lamp.ts <<'B'\nding\nA\ndong\nB", None),
        ("cat > note.md <<'EOF'\ncat > lamp.ts <<X\nEOF", None),  # only said
    ],
)
def test_what_a_line_puts_into_a_file(source: str, text: str | None) -> None:
    """Only what is certain to be there, word by word."""
    assert text_for(source, "lamp.ts") == text


def test_of_documents_without_number_none_is_looked_for() -> None:
    """As it would be once for each of them."""
    some = f"cat > lamp.ts <<'A'\n{LAMP}A\n"
    assert text_for(some * MOST, "lamp.ts") == LAMP
    assert text_for(some * (MOST + 1), "lamp.ts") is None


def test_a_file_of_a_here_document_is_told_like_a_written_one(tmp_path: Path) -> None:
    """What it defines and says, and what later edits make of it."""
    lines = Lines()
    lines.user("light the pier")
    lines.bash(
        "cat > src/lamp.ts << 'EOF'\nexport function lightLamp() {}\nexport function dimLamp() {}\nEOF"
    )
    page = lines.page(tmp_path)
    assert "lamp.ts: +`lightLamp`, `dimLamp` (L2)" in page
    lines.tool(
        "Edit",
        {
            "file_path": f"{CWD}/src/lamp.ts",
            "old_string": "export function dimLamp() {}\n",
            "new_string": "",
        },
    )
    page = lines.page(tmp_path)
    assert "lamp.ts: +`lightLamp`; came and went: `dimLamp` (L2…L4)" in page
    assert "taken out or renamed again: dimLamp (L4)" in page


def test_a_document_of_a_here_document_is_told(tmp_path: Path) -> None:
    """As far as there is room, what it says."""
    lines = Lines()
    lines.user("describe the pier")
    parts = "\n".join(
        f"## Part {at}\nLamp {at} is lit by the keeper of tower {at} whenever fog number {at} comes in.\n"
        for at in range(8)
    )
    lines.bash(f"cat > PIER.md <<'EOF'\n# Pier\n{parts}EOF")
    lines.say("It is described.")
    assert "is lit by the keeper of tower" in lines.page(tmp_path).partition("## Written, as it stands")[2]
