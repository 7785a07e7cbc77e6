"""Projects that a generator began in a folder of their own: whatever is in it was made in the session."""

from typing import Final

from spread.distill.once import of_line
from spread.distill.shell import UNKNOWABLE, Simple, placed, split
from spread.distill.wrapped import CONTAINERS, unwrapped

_HINTS: Final = ("create", " new ", " init ", "startproject", "startapp")
_VERBS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("cargo", "poetry", "rails", "ng", "mix", "nest", "hugo"), frozenset(("new",))),
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun", "flutter"), frozenset(("create",))),
    "manage.py": frozenset(("startapp",)),
    "uv": frozenset(("init",)),
    "django-admin": frozenset(("startproject",)),
    "composer": frozenset(("create-project",)),
}
_BY_KIT: Final = frozenset(("npm", "pnpm", "yarn", "bun", "composer"))  # the kit comes before the folder


@of_line
def folders(source: str) -> list[tuple[str, str]]:
    """Return the folders that generators of a command line were to make, each with the directory they ran in."""
    if not any(map(source.__contains__, _HINTS)):
        return []
    found = [(_folder(item), here) for item, here in placed(split(source)) if not item.unsure]
    return [(path, here) for path, here in found if path and here is not None]


def _folder(item: Simple) -> str:
    words = unwrapped(item.words) if item.words else []
    if not words or item.name in CONTAINERS or item.name == "ssh":
        return ""
    name = words[0].rpartition("/")[2]
    args = [word for word in words[1:] if not word.startswith("-")]
    if not name.startswith("create-"):
        if args[:1] == [] or args[0] not in _VERBS.get(name, ()):
            return ""
        args = args[2:] if name in _BY_KIT else args[1:]
    if not args or (name == "django-admin" and args[1:]):
        return ""
    path = args[0].rstrip("/")
    return "" if UNKNOWABLE.search(path) or path.strip("./") == "" else path
