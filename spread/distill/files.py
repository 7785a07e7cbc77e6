"""Which files a session created, modified, deleted, renamed and read: later facts supersede earlier ones."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import translate
from itertools import chain
from operator import methodcaller
from typing import Final

from spread.distill.effect import MAYBE, SWEPT, Effect
from spread.distill.net import Net
from spread.distill.net_back import reverted
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise, is_of_git
from spread.distill.reported import named_by
from spread.distill.spelling import PATH_CHARS, common_base, is_pattern, stood_for
from spread.distill.spelling import absolute as absolute
from spread.distill.spelling import is_aside as is_aside
from spread.distill.spelling import meant as meant
from spread.distill.spelling import relative as relative
from spread.distillation_paths import is_within

MAX_GONE: Final = 40
MAX_FOLDERS: Final = 40
MAX_VIEWED: Final = 300
MOST_LOOKED: Final = 20_000_000  # paths of a session, in all: a second or so


def _spelled(path: str, known: Iterable[Iterable[str]]) -> bool:
    end = posixpath.normpath(path)
    return any(each.endswith(f"/{end}") or f"/{end}/" in each for kind in known for each in kind)


@dataclass(slots=True)
class FileLedger:
    """The state of each path the session touched, by absolute path; values are the line of the last change."""

    created: dict[str, int] = field(default_factory=dict)
    modified: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, tuple[str, int]] = field(default_factory=dict)  # new path: old path, line
    read: dict[str, int] = field(default_factory=dict)
    viewed: dict[str, int] = field(default_factory=dict)  # shown by a shell, whoever made it
    there: dict[str, int] = field(
        default_factory=dict
    )  # what a command took in, which shows that it was there
    doubted: dict[str, int] = field(default_factory=dict)  # deleted if they were there
    folders: dict[str, int] = field(default_factory=dict)  # made in the session, as far as is known
    born: set[str] = field(default_factory=set)  # every path the session created, whatever became of it
    guessed: set[str] = field(default_factory=set)  # of these what only seems to be new: nothing tells
    last_change: int = 0
    moved: int = 0  # the line where git put other contents into the work tree
    reformed: tuple[int, str] = (0, "")  # the last command that may have written files anew, with its line
    copied: set[str] = field(default_factory=set)  # copied elsewhere: written back from there is no change
    told: set[str] = field(default_factory=set)  # only a commit or a formatter tells that they changed
    of_git: set[str] = field(default_factory=set)  # hooks and settings of git's own that were changed
    gone: dict[str, int] = field(default_factory=dict)  # came and went within the session
    held: set[str] = field(default_factory=set)  # certainly in commits of the session
    blind: dict[str, int] = field(default_factory=dict)  # patterns and folders that were edited in place
    nameless: dict[str, tuple[int, str]] = field(default_factory=dict)  # see the module of that name
    scripts: dict[str, str] = field(default_factory=dict)  # the texts of those that the session wrote
    sought: dict[str, list[str]] = field(default_factory=dict)  # by searches, the files that they showed
    swept: dict[str, int] = field(default_factory=dict)  # out of these unnamed files were taken
    # By the patch that a diff was saved as, the files it holds, with the line.
    patches: dict[str, dict[str, int]] = field(default_factory=dict)
    net: dict[str, Net] = field(default_factory=dict)  # what the edits came to
    first: dict[str, int] = field(default_factory=dict)  # of what was created, the line where it was
    looked: int = 0  # so many paths were looked through
    own: str = ""  # how the paths of the work tree begin, if it lies in a folder of temporary files
    in_the_end: dict[str, int] | None = None  # what was edited, once nothing more is added

    def saw(self, path: str, line: int) -> None:
        self.read.pop(path, None)
        self.read[path] = line

    def view(self, path: str, line: int) -> None:
        """Note that a shell showed a file."""
        self.viewed.pop(path, None)
        self.viewed[path] = line
        drop_oldest(self.viewed, MAX_VIEWED)

    def write(self, path: str, line: int, *, created: bool, aside: bool = False) -> None:
        """Note that a file was written.

        Args:
            created: It was not there before, as far as is known.
            aside: It does not count as a change after which to check again.
        """
        each = (self.modified, self.renamed, self.read, self.viewed, self.there)
        known = any(path in paths for paths in each)
        before = self.last_change
        self.gone.pop(path, None)
        self._changed(path, line)
        if aside:
            self.last_change = before
        if path in self.deleted:
            del self.deleted[path]
            created = False
        if path in self.created or (created and not known):
            self.made(path, line)
        else:
            self.modified[path] = line
        self._made_again(posixpath.dirname(path), line)

    def _made_again(self, folder: str, line: int) -> None:
        """Note that a folder is there: where it or one above it was deleted, that holds something else now."""
        while self.deleted and len(folder) > 1:
            if self.deleted.pop(folder, None) is not None:
                self.modified[folder] = line
            folder = posixpath.dirname(folder)

    def listed(self, path: str, line: int) -> None:
        """Note that a file not known to be changed is listed as such: by whom is known, but nobody edited it."""
        if not self.touches(path):
            self.modified[path] = line
            self.told.add(path)
            self.read.pop(path, None)

    def made(self, path: str, line: int) -> None:
        """Note that a path was created, or written once more after it was."""
        self.created[path] = line
        self.gone.pop(path, None)
        self.first.setdefault(path, line)
        self.born.add(path)

    def delete(self, path: str, line: int) -> None:
        """Note that a file was deleted: one that was made here is then gone as if it had never been."""
        self._changed(path, line)
        self.net.pop(path, None)
        self.first.pop(path, None)
        self.modified.pop(path, None)
        if self.created.pop(path, None) is not None or path in self.born:
            self.gone[path] = line
            drop_oldest(self.gone, MAX_GONE)
            return
        old = self.renamed.pop(path, None)
        self.deleted[old[0] if old else path] = line

    def delete_tree(self, path: str, line: int, *, sure: bool = True) -> None:
        """Note that a folder was deleted, and with it all that is known to be in it.

        Args:
            sure: It must have been there.
        """
        inside = self._below(path, self.created, self.modified, self.renamed)
        for known in inside:
            self.delete(known, line)
        inner = [known for known in self.read if known.startswith(path + "/")]
        for known in inner:
            del self.read[known]  # nobody can read it again
        self.viewed = {known: at for known, at in self.viewed.items() if not known.startswith(path + "/")}
        seen = bool(inner) and path not in self.folders
        if path in self.modified or (
            not inside and (sure or seen or self._knows(path))
        ):  # it was there before it was made again
            self.delete(path, line)
        elif not inside:
            self._doubt(path, line)

    def _doubt(self, path: str, line: int) -> None:
        self.doubted[path] = line
        drop_oldest(self.doubted, MAX_FOLDERS)

    def reported(self, text: str, here: str, line: int) -> None:
        """Take over the files that a sub-agent says it made or changed, where its own transcript is not at hand."""
        made, changed, somewhere = named_by(text)
        known = dict[str, list[str]]()  # by the names of the files
        for path in {*self.created, *self.modified, *self.read} if changed else ():
            known.setdefault(path.rpartition("/")[2], []).append(path)
        means = {name: path for name in changed if (path := meant(name, here, known))}
        if somewhere and (base := common_base(means)):
            made += [f"{base}{absolute(name, '')}" for name in somewhere]
        for name in made:
            path = absolute(name, here)
            if not self.touches(path) and path not in self.read and not is_noise(path, self.own):
                self.write(path, line, created=True)
        for path in means.values():
            self.write(path, line, created=False)

    def touches(self, path: str) -> bool:
        """Tell whether the session is known to have changed a path."""
        return path in self.created or path in self.modified or path in self.deleted or path in self.renamed

    def knows_end(self, path: str) -> bool:
        """Tell whether the session changed a file, or one in the directory, that a status spells so; or took it away."""
        return self.took_away(path) or _spelled(path, (self.created, self.modified, self.renamed))

    def took_away(self, path: str) -> bool:
        """Tell whether the session deleted or moved what a status spells so."""
        moved = {old: 0 for old, _ in self.renamed.values()}
        return _spelled(path, (self.deleted, self.gone, moved))

    def edited(self) -> dict[str, int]:
        """Return every path of the work that the session changed, with the line; a commit that lists a path is no change."""
        if self.in_the_end is not None:
            return self.in_the_end
        changed = self.changes()
        out = self.told | self.of_git if self.of_git else self.told
        return {path: at for path, at in changed.items() if path not in out} if out else changed

    def changes(self) -> dict[str, int]:
        """Return every path that was changed, also by others, with the line of its last change."""
        out = {**self.deleted, **self.modified, **self.created}
        for path, (_, line) in self.renamed.items():
            out[path] = max(line, out.get(path, 0))  # it may have been edited since
        return out

    def edited_at(self, path: str) -> int | None:
        """Return the line where the session changed a path last, as `edited` tells it; None where it did not."""
        if path in self.told or path in self.of_git:
            return None
        found = self.created.get(path, self.modified.get(path, self.deleted.get(path)))
        return max(found or 0, self.renamed[path][1]) if path in self.renamed else found

    def close(self) -> None:
        """Note that nothing is added any more: what was edited is asked again and again for the document."""
        self.in_the_end = None
        self.in_the_end = self.edited()

    def listed_only(self) -> dict[str, int]:
        """Return what only a commit's list tells of, with lines: somebody changed it before that."""
        changed = {**self.modified, **self.created}
        return {path: line for path, line in changed.items() if path in self.told}

    def forget(self, path: str) -> None:
        """Drop a path from all lists of changes."""
        for known in (self.created, self.first, self.modified, self.deleted):
            known.pop(path, None)
        self.renamed.pop(path, None)

    def _knows(self, path: str) -> bool:
        return any(path in known for known in (self.created, self.modified, self.renamed, self.read))

    def rename(self, old: str, new: str, line: int) -> None:
        """Note that a file was moved, perhaps into a folder, or to take the place of another one."""
        if self._is_folder(new):
            new = f"{new}/{posixpath.basename(old)}"
        if self.came_with_folder(old, new):
            return
        was_there = new in self.modified or new in self.read or new in self.copied
        self._changed(new, line)
        self.deleted.pop(new, None)
        self._made_again(posixpath.dirname(new), line)
        if was_there and old in self.created:  # it was made beside the other, to take its place
            self.delete(old, line)
            if new not in self.copied:
                self.modified[new] = line
            return
        inside = self._below(old, self.created, self.modified)
        older = {known for known in inside if known not in self.born}  # then others were in the folder, too
        for known in inside:
            self._move(known, new + known[len(old) :], line)
        for known in older:
            self.renamed.pop(new + known[len(old) :], None)
        for seen in (self.read, self.viewed):
            for known in [known for known in seen if known.startswith(old + "/")]:
                seen[new + known[len(old) :]] = seen.pop(known)
        if older or not inside or old in self.created or old in self.modified:
            self._move(old, new, line)

    def came_with_folder(self, old: str, new: str) -> bool:
        """Tell whether a file moved with a folder that is known to have moved."""
        if not self.renamed or old in self.created or old in self.modified:
            return False
        end = posixpath.dirname(new)
        while len(end) > 1 and (end not in self.renamed or self.renamed[end][0] + new[len(end) :] != old):
            end = posixpath.dirname(end)
        return len(end) > 1

    def _is_folder(self, path: str) -> bool:
        known = self._all(self.created, self.modified, self.read)
        return any(map(methodcaller("startswith", f"{path}/"), known))

    def _below(self, folder: str, *of: Iterable[str]) -> list[str]:
        return [*filter(methodcaller("startswith", f"{folder}/"), self._all(*of))]

    def _all(self, *of: Iterable[str]) -> list[str]:
        """Return all paths of some lists, to be looked through; none once many files were looked through very often."""
        found = [*chain(*of)] if self.looked < MOST_LOOKED else []
        self.looked += len(found)
        return found

    def matching(self, pattern: str) -> list[str]:
        """Return the files that the session made, changed or read and that a pattern of the shell stands for."""
        return [*filter(stood_for(pattern), self._all(self.created, self.modified, self.renamed, self.read))]

    def _move(self, old: str, new: str, line: int) -> None:
        if old in self.net:
            self.net[new] = self.net.pop(old)
        if self.created.pop(old, None) is not None:
            self.first[new] = self.first.pop(old, line)
            self.made(new, line)
            return
        if self.modified.pop(old, None) is not None:
            self.modified[new] = line
        first = self.renamed.pop(old, None)
        if first and first[0] == new:  # it is back
            return
        self.renamed[new] = (first[0] if first else old, line)

    def revert(self, path: str, line: int, *, whole: bool = False, last: bool = False) -> None:
        """Forget changes of tracked files at or below `path` that git took back.

        Args:
            whole: With what commits of the session hold of them; `last`: with what the last of these does.
        """
        reverted(self.net, path, line, whole=whole, last=last)
        inside = [known for known in (*self.modified, *self.created) if is_within(known, path)]
        for known in (each for each in inside if each not in self.of_git):
            net = self.net.get(known)
            kind = self.modified if known in self.modified else self.created
            if net and not whole and any(since and back == line for since, back in net.gone[-1:]):
                kind[known] = net.line
            elif kind is self.modified:
                if whole or known not in self.held:
                    del kind[known]
            else:
                continue
            self.last_change = line
        self.deleted.pop(path, None)

    def apply(self, effect: Effect, here: str, line: int) -> None:
        """Take over what a shell command did."""
        path = absolute(effect.path, here)
        if len(path) > PATH_CHARS or len(effect.other) > PATH_CHARS:
            return
        if is_pattern(path):
            for known in self.matching(path):
                self.apply(replace(effect, path=known), here, line)
            return
        noise = is_noise(path.removesuffix(".log") if effect.typed else path, self.own)
        if noise and effect.kind not in ("copy", "rename"):
            return
        if effect.kind == "touch" and self._knows(path):
            pass  # only its time is another
        elif effect.kind == "modify" and self._is_folder(path):
            self.last_change = self.moved = line  # which of its files changed is not told
        elif effect.kind in ("write", "append", "touch", "modify"):
            if effect.kind in ("write", "touch") and path not in self.born:
                self.guessed.add(path)
            self.write(path, line, created=effect.kind in ("write", "touch"))
        elif effect.kind == MAYBE:
            if self.touches(path) and path not in self.deleted:
                self.write(path, line, created=False)
            self.last_change = max(self.last_change, line)  # what was checked before may be checked no more
        elif effect.kind == SWEPT:
            fits = re.compile(translate(effect.other)).match
            for known in self._all(self.created, self.modified, self.renamed, self.read):
                if is_within(known, path) and fits(posixpath.basename(known)):
                    self.delete(known, line)
        elif effect.kind == "delete":
            if self._knows(path) or (effect.sure and not any(is_within(path, it) for it in self.folders)):
                self.delete(path, line)
            else:
                self._doubt(path, line)
        elif effect.kind == "listed":
            self.listed(path, line)
        elif effect.kind == "tree":
            self.delete_tree(path, line, sure=effect.sure)
        elif effect.kind == "folder":
            self._made_again(path, line)
            self.folders[path] = line
            drop_oldest(self.folders, MAX_FOLDERS)
        elif effect.kind == "revert":
            if effect.sure or path in self.modified or path in self.created:
                self.revert(path, line)
        else:
            self._put(effect, path, absolute(effect.other, here), line)

    def _put(self, effect: Effect, path: str, other: str, line: int) -> None:
        """Take over that a file was copied or moved, perhaps into a folder, from or to where nothing counts."""
        copies = effect.kind == "copy"
        if copies:
            self.copied.add(path)
        if effect.other.endswith("/") or (copies and self._is_folder(other)):
            other = f"{other}/{posixpath.basename(path)}"
        if is_noise(other, self.own):
            if not copies:
                self.delete(path, line)
        elif copies:
            if other not in self.copied:
                self.write(other, line, created=True)
        elif effect.sure or self._knows(path) or self._is_folder(path):
            if is_noise(path, self.own):
                self.write(other, line, created=True)
            else:
                self.rename(path, other, line)

    def _changed(self, path: str, line: int) -> None:
        if is_of_git(path):
            self.of_git.add(path)
        else:
            self.last_change = max(self.last_change, line)
        self.told.discard(path)
        self.read.pop(path, None)
        self.viewed.pop(path, None)
