"""Where the client looks for settings and skills, and our changes there: each undone to the byte."""

import contextlib
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from spread import project, settings_bytes, settings_text
from spread.errors import ConfigError, StoreError
from spread.paths import Paths, open_plain, write_atomic
from spread.resources import bundled

BACKUP: Final = ".before-spread"
ABSENT, BLANK, FILE = "absent", "blank", "file"


@dataclass
class Record:
    """What was there before us in one place, and what we made.

    Args:
        scope: "user" or "project".
        was: Whether there was a settings file, and whether anything was in it.
        blank: What stood in a file without any value.
        empty: As `settings_text` noted it.
        folders: What we made, outermost first.
        skills: Our files, by their name below `skills`, with the digest of what we wrote.
    """

    scope: str
    was: str = FILE
    blank: str = ""
    empty: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    skills: dict[str, str] = field(default_factory=dict)


def user_folder() -> str:
    """Return the client's own folder."""
    return os.path.abspath(
        os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    )


def project_folder() -> str:
    """Return the client's folder in the project of the working directory."""
    here = os.getcwd()
    return os.path.join(project.resolve(here).root or here, ".claude")


def settings_file(folder: str) -> str:
    """Return the settings of a folder."""
    return os.path.join(folder, "settings.json")


# The records


def load(paths: Paths) -> dict[str, Record]:
    """Return what is recorded, by folder; what cannot be read is as if it were not there."""
    try:
        with open(paths.install_record, "rb") as handle:
            places = json.load(handle)["places"]
        return {str(folder): Record(**record) for folder, record in places.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def save(paths: Paths, records: dict[str, Record]) -> None:
    """Record what is installed where; `publish` then tells the hooks."""
    if not records:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.install_record)
        return
    places = {folder: asdict(record) for folder, record in records.items()}
    write_atomic(paths.install_record, json.dumps({"schema": 1, "places": places}, indent=1).encode() + b"\n")


def publish(paths: Paths, folders: Iterable[str]) -> None:
    """Tell the plugin's hooks where the settings have ours; they trust it while no settings are newer than this."""
    spellings = dict.fromkeys(name for folder in folders for name in (folder, os.path.realpath(folder)))
    lines = [name for name in spellings if "\n" not in name]
    if lines:
        data = "".join(f"{name}\n" for name in lines).encode("utf-8", "surrogateescape")
        write_atomic(paths.installed, data)
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(paths.installed)


# Settings


@dataclass(frozen=True)
class Settings:
    """A settings file as it is: no bytes when it is not there."""

    path: str
    data: bytes | None
    text: str
    how: str

    @property
    def was(self) -> str:
        """Return whether there is a file, and whether anything is in it."""
        return ABSENT if self.data is None else FILE if self.text.strip(" \t\r\n") else BLANK


def read(folder: str) -> Settings:
    """Return the settings of a folder.

    Raises:
        ConfigError: They are not what the client would load; with file and line.
    """
    path = settings_file(folder)
    try:
        kind = os.stat(path).st_mode
    except FileNotFoundError:
        return Settings(path, None, "", "utf-8")
    except NotADirectoryError:
        raise ConfigError(f"cannot use {path}", why=f"{folder} is no directory") from None
    if not stat.S_ISREG(kind):
        what = "a directory" if stat.S_ISDIR(kind) else "no file"
        raise ConfigError(f"cannot use {path}", why=f"it is {what}", hint="move it away, then run this again")
    with open(path, "rb") as handle:
        data = handle.read()
    with explained(path):
        text, how = settings_bytes.decode(data)
        if text.strip(" \t\r\n"):
            settings_text.check(text)
    return Settings(path, data, text, how)


@contextlib.contextmanager
def explained(path: str) -> Iterator[None]:
    """Tell a refused text with its file and line."""
    try:
        yield
    except settings_text.SettingsError as problem:
        raise ConfigError(
            f"{path}, line {problem.line}: {problem}", why="there the client does not load it, so we do not touch it",
            hint="mend that line, then run this again",
        ) from None  # fmt: skip


def write(settings: Settings, text: str, mode: int) -> None:
    """Write the file through any links, with the mode it had, if nobody changed it since it was read."""
    data = settings_bytes.encode(text, settings.how)
    target = os.path.realpath(settings.path)
    try:
        with open(target, "rb") as handle:
            now: bytes | None = handle.read()
        known = os.stat(target)
        mode = stat.S_IMODE(known.st_mode)
        in_place = known.st_nlink > 1  # a new file would not be the others' any more
    except FileNotFoundError:
        now, in_place = None, False
    if now != settings.data:
        raise StoreError(f"{settings.path} was changed meanwhile", hint="run this again")
    if not in_place:
        try:
            write_atomic(target, data, mode)
        except OSError as problem:
            if problem.errno != errno.EBUSY:  # mounted by itself, as in a container
                raise
            in_place = True
    if in_place:
        with open(target, "r+b") as handle:
            handle.write(data)
            handle.truncate()
            os.fsync(handle.fileno())


def back_up(settings: Settings) -> str:
    """Keep the file as it was before us, once; return the copy's path, or ""."""
    path = settings.path + BACKUP
    if settings.data is None or os.path.lexists(path):
        return ""
    write_atomic(path, settings.data)
    return path


def drop_backup(settings: Settings, data: bytes | None, *, always: bool = False) -> str:
    """Delete the copy if the file is again what it was; return the path of one that is kept, or ""."""
    path = settings.path + BACKUP
    try:
        with open(path, "rb") as handle:
            same = handle.read() == data
    except OSError:
        return ""
    if not same and not always:
        return path
    os.unlink(path)
    return ""


# Folders and skills


def make_folder(path: str, mode: int) -> list[str]:
    """Make a folder and what is missing above it; return all that was made, outermost first."""
    missing: list[str] = []
    while not os.path.isdir(path):
        missing.insert(0, path)
        path = os.path.dirname(path)
    for each in missing:
        os.mkdir(each, mode)
        os.chmod(each, mode)
    return missing


def drop_folders(folders: list[str]) -> None:
    """Remove what is empty of the folders we made."""
    for path in reversed(folders):
        with contextlib.suppress(OSError):
            if not os.path.islink(path):
                os.rmdir(path)


def bundled_skills() -> dict[str, bytes]:
    """Return our skills' files, by their name below `skills`."""
    top = bundled("skills")
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as handle:
                found[os.path.relpath(path, top).replace(os.sep, "/")] = handle.read()
    return dict(sorted(found.items()))


def digest(data: bytes | None) -> str:
    """Return what a file's content is known by; "" for none."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def content(path: str) -> bytes | None:
    """Return a file's content, None when there is none to be had."""
    try:
        with open(open_plain(path), "rb") as handle:
            return handle.read()
    except OSError:
        return None


def put_skills(folder: str, record: Record, file_mode: int, folder_mode: int) -> dict[str, list[str]]:
    """Write our skills; what somebody has changed, or made under such a name, is kept."""
    told: dict[str, list[str]] = {"written": [], "kept": []}
    for name, data in bundled_skills().items():
        path = os.path.join(folder, "skills", *name.split("/"))
        there = content(path)
        if there == data:
            continue
        ours = there is not None and digest(there) == record.skills.get(name)
        plugin = os.path.lexists(os.path.join(os.path.dirname(path), ".claude-plugin"))
        if plugin or (os.path.lexists(path) and not ours):
            told["kept"].append(path)
            continue
        record.folders += make_folder(os.path.dirname(path), folder_mode)
        write_atomic(os.path.realpath(path), data, file_mode)
        record.skills[name] = digest(data)
        told["written"].append(path)
    for name in set(record.skills) - set(bundled_skills()):  # of an earlier version
        _drop_skill(folder, name, record.skills.pop(name))
    return told


def take_skills(folder: str, record: Record | None) -> dict[str, list[str]]:
    """Delete our skills unless somebody has changed them; without a record, what is as we would write it."""
    told: dict[str, list[str]] = {"removed": [], "kept": []}
    skills = record.skills if record else {name: digest(data) for name, data in bundled_skills().items()}
    for name, known in skills.items():
        path = os.path.join(folder, "skills", *name.split("/"))
        if _drop_skill(folder, name, known):
            told["removed"].append(path)
        elif record and os.path.lexists(path):
            told["kept"].append(path)
    if record is None:
        drop_folders([os.path.dirname(path) for path in told["removed"]])
    return told


def _drop_skill(folder: str, name: str, known: str) -> bool:
    path = os.path.join(folder, "skills", *name.split("/"))
    if digest(content(path)) != known:
        return False
    os.unlink(path)
    return True


# The plugin


def plugin_of(folders: list[str]) -> str:
    """Return the name under which our plugin is enabled in one of the client's folders, or ""."""
    for folder in folders:
        for name in ("settings.json", "settings.local.json"):
            try:
                found: Any = json.loads(content(os.path.join(folder, name)) or b"{}")
                enabled = found["enabledPlugins"].items()
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue
            for plugin, on in enabled:
                if on and plugin.startswith("spread@"):
                    return str(plugin)
        if os.path.exists(os.path.join(folder, "skills", "spread", ".claude-plugin", "plugin.json")):
            return "spread@skills-dir"
    return ""
