"""What a document tells of files: their paths, with the lines these rest on."""

from itertools import count, repeat
from operator import itemgetter
from typing import Final

from spread.distill.document_tell import MAX_ITEMS, Teller
from spread.distill.files import FileLedger, relative
from spread.distill.git_index import changes
from spread.distill.named import FEW_CHANGED
from spread.distillation_fields import WRITTEN_AGAIN, Files, Rename

MAX_FILES: Final = 300


def files_told(files: FileLedger, root: str, teller: Teller) -> Files:
    """Return the files a session came to, by what became of them."""
    return Files(
        _paths("created", files.created, files, root, teller),
        _paths("modified", files.modified, files, root, teller),
        _paths("deleted", files.deleted, files, root, teller),
        _renames(files, root, teller),
        tuple(relative(path, root) for path in _newest_read(files)),
    )


def _newest_read(files: FileLedger) -> list[str]:
    """Return what was read with a tool, the newest first; where little was changed, also what a shell showed."""
    if not files.viewed or len(changes(files)) > FEW_CHANGED:
        return [*files.read][::-1][:MAX_ITEMS]
    last = {path: max(line, files.read.get(path, 0)) for path, line in files.viewed.items()}
    newest = sorted(({**files.read, **last}).items(), key=itemgetter(1))
    return [path for path, _ in newest[::-1][:MAX_ITEMS]]


def _paths(kind: str, known: dict[str, int], files: FileLedger, root: str, teller: Teller) -> tuple[str, ...]:
    names = [*map(relative, known, repeat(root))]
    far = map(str.startswith, names, repeat(("~", "/")))  # these last
    told = sorted(zip(far, names, count(), known.values(), strict=False))[:MAX_FILES]
    pairs = [(name, line) for _, name, _, line in told]
    lines = [line for _, line in pairs]
    first = files.first if kind == "created" else {}
    begun = {relative(path, root): line for path, line in first.items()}
    since = [begun.get(path, line) for path, line in pairs] if begun else lines
    teller.cite(f"files.{kind}", since)
    if since != lines:
        teller.cite(WRITTEN_AGAIN, lines)
    return tuple([path for path, _ in pairs])


def _renames(files: FileLedger, root: str, teller: Teller) -> tuple[Rename, ...]:
    renamed = sorted(files.renamed.items())[:MAX_FILES]
    teller.cite("files.renamed", [line for _, (_, line) in renamed])
    return tuple(Rename(relative(old, root), relative(new, root)) for new, (old, _) in renamed)
