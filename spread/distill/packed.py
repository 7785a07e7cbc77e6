"""What programs write or delete that name it by an option: sort, openssl and find, or by a suffix: gzip and others."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from spread.distill.effect import SWEPT, Effect
from spread.distill.operands import options

_PACKERS: Final = {"gzip": ".gz", "gunzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}
NAMING: Final = frozenset(("sort", "openssl", "truncate", *_PACKERS))
_LOOKS: Final = frozenset("cltr")  # to the output, lists, tests, whole folders
_LONG_LOOKS: Final = frozenset(
    ("--stdout", "--to-stdout", "--list", "--test", "--recursive", "--version", "--help")
)
_SIZES: Final = frozenset(("-s", "--size", "-r", "--reference", "-o", "--io-blocks"))


def put_in(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield the files that a program writes: those behind its option for them, cut to a size, or packed.

    Args:
        words: What it was given.
    """
    if name in _PACKERS:
        yield from _packed(name, words)
    elif name == "truncate":
        given = [word for before, word in pairwise(["", *words]) if before not in _SIZES and word[:1] != "-"]
        yield from (Effect("modify", path) for path in given)
    else:
        option = ("-out",) if name == "openssl" else ("-o", "--output")
        inputs = {word for word in words if word[:1] != "-"}
        for before, after in pairwise(words):
            if before in option:
                again = name == "sort" and words.count(after) > 1 and after in inputs
                yield Effect("modify" if again else "write", after)


def swept(words: list[str]) -> Iterator[Effect]:
    """Yield which names `find` deletes below which directories, where it asks for nothing but a name.

    Args:
        words: What it was given.
    """
    at = next((at for at, word in enumerate(words) if word[:1] in ("-", "(", "!")), len(words))
    places, rest = words[:at] or ["."], words[at:]
    if rest[:2] == ["-type", "f"]:
        rest = rest[2:]
    if rest[2:4] == ["-type", "f"]:
        rest = rest[:2] + rest[4:]
    does = [word for word in rest[2:] if word != "-print"]
    removes = does == ["-delete"] or (does[:2] == ["-exec", "rm"] and does[-1] in (";", "+"))
    if rest[:1] == ["-name"] and removes:
        yield from (Effect(SWEPT, place, rest[1]) for place in places)


def _packed(name: str, words: list[str]) -> Iterator[Effect]:
    """Yield what a file is packed into or unpacked to; the file itself goes, but where it is to be kept."""
    flags, args = options(words)
    short = {letter for flag in flags if flag[1:2] != "-" for letter in flag[1:]}
    if short & _LOOKS or not _LONG_LOOKS.isdisjoint(flags) or (name == "zstd" and short & {"D", "o", "b"}):
        return
    suffix, kept = _PACKERS[name], bool(short & {"k"} or "--keep" in flags) or name == "zstd"
    unpacks = name == "gunzip" or "d" in short or not {"--decompress", "--uncompress"}.isdisjoint(flags)
    for path in args:
        if path.endswith(suffix) == unpacks and not path.isdigit():
            yield Effect("write", path.removesuffix(suffix) if unpacks else path + suffix)
            if not kept or "--rm" in flags:
                yield Effect("delete", path)
