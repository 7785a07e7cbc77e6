"""Papers that a prompt only shows: a readme, an issue or a spec with headings of its own, pasted below what is asked.

What they say must or must never be is another's word. They are known by headings that nobody gives an order under, or by
words above the first heading that call what follows pasted.
"""

import re
from typing import Final

_HEADING: Final = re.compile(r"#{1,5} +\S")
LEAST_HEADINGS: Final = 2  # where nothing calls it pasted
# Headings of a readme, and of the forms that issues are written in.
_PAPER: Final = re.compile(
    r"#{1,5} +\W*(?:install(?:ation|ing)?|usage|getting started|quick ?start|licen[cs]e|contribut(?:ing|ion|ors)\b.*|table of contents|changelog|badges|"
    r"(?:steps )?to reproduce|steps to reproduce\b.*|reproduction|repro(?: steps)?|(?:expected|actual|current)(?: (?:behaviou?r|results?|output))?|describe the bug|environment|additional context|"
    r"what happened|installation et usage|utilisation|instalaci[oó]n|uso|verwendung|lizenz|licence|licencia|contribuer|contribuir|安装|使用|许可证|インストール|使い方|установка|использование)\W*$",
    re.I,
)
# Below these the user may speak.
_OURS: Final = re.compile(
    r"\b(?:rules?|constraints?|guidelines?|conventions?|notes?|requirements?|task|todo|goal|important|do(?:n'?t|s)?|context for you|regeln|vorgaben|reglas|règles|consignes|regras)\b",
    re.I,
)
_PASTED: Final = re.compile(
    r"\b(?:pasted|copied|attached)\b|\b(?:paste|copy) (?:of|it|here|below)\b|\b(?:readme|issue|ticket|spec|document|docs|page|guide|article|manual|e?mail)\b[^.\n]{0,40}\b(?:below|underneath|says|reads)\b|"
    r"\b(?:below|following) (?:is|are )?(?:the |an? )?(?:readme|issue|ticket|spec|document|guide|article|manual)\b",
    re.I,
)


def without_papers(text: str) -> str:
    """Return a prompt without a paper pasted into it; what stands in a last paragraph of its own stays."""
    if "# " not in text or not (text.startswith("#") or "\n#" in text):
        return text
    lines = text.split("\n")
    heads = [at for at, line in enumerate(lines) if _HEADING.match(line)]
    if not heads or any(_OURS.search(lines[at]) for at in heads):
        return text
    above = lines[: heads[0]]
    told = any(map(_PASTED.search, above))
    if not told and not (len(heads) >= LEAST_HEADINGS and any(_PAPER.match(lines[at]) for at in heads)):
        return text
    return "\n".join([*above, "", *_behind(lines, heads[-1])])


def _behind(lines: list[str], head: int) -> list[str]:
    """Return the last paragraph, unless it is the first, or a list or code, below the last heading."""
    while lines and not lines[-1].strip():
        lines.pop()
    last = last_blank(lines) + 1
    between = any(line.strip() for line in lines[head + 1 : last])
    return lines[last:] if between and last > head and not lines[last][:1].isspace() else []


def last_blank(lines: list[str]) -> int:
    """Return where the last blank line stands, 0 without any."""
    return next((at for at in range(len(lines) - 1, -1, -1) if not lines[at].strip()), 0)
