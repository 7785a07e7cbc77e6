"""`spread install` and `spread uninstall`: our hooks and skills in the client's settings, and out again."""

import json
import os
import sys
from typing import Any, Final

from spread import settings, settings_bytes, settings_text
from spread.claude import visible
from spread.commands import completion, install_places, install_purge, install_service, terminal
from spread.commands.install_places import ABSENT, BLANK, Record, Settings
from spread.errors import ConfigError
from spread.paths import Paths
from spread.resources import remember

Told = dict[str, Any]
SETTLE_S: Final = 1.0


def run(
    paths: Paths, *, scope: str = "user", service: bool = False, statusline: bool = False, as_json: bool = False
) -> int:  # fmt: skip
    """Put our hooks into the settings and our skills beside them; what is refused leaves all as it was."""
    folder = _folder(scope)
    if service:
        install_service.path()  # refused before anything is changed
    told = _install(paths, folder, scope, statusline)
    if service:
        _stop_engine(paths, 0)  # the service's own takes its place
        told["service"], told["start_service_with"] = install_service.install(paths, _odd_home(paths))
    _say(told, as_json, _installed_lines(told))
    return 0


def uninstall(
    paths: Paths,
    *,
    scope: str = "user",
    service: bool = False,
    purge: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> int:
    """Take out what `install` put in, and end the engine unless it is installed elsewhere too.

    Args:
        service: Remove the service even if something stays installed.
        purge: Take out all that is installed anywhere, and delete our home.
    """
    if purge:
        install_purge.confirm(paths, yes)
    records = install_places.load(paths)
    folders = list(dict.fromkeys([_folder(scope), *(records if purge else ())]))
    read = [install_places.read(folder) for folder in folders]  # refused before anything is changed
    told: Told = {
        "places": [], "service": "", "engine_stopped": False, "completion": [], "deleted": [], "kept": [], "stays": "",
        "machine": "", "untold": [],
    }  # fmt: skip
    for folder, found in zip(folders, read, strict=True):
        told["places"].append(_uninstall(folder, found, records.pop(folder, None), purge))
        if os.path.isdir(paths.home):
            install_places.save(paths, records)
            install_places.publish(paths, records)
    if service or not records:
        told["service"] = install_service.remove()
        told["engine_stopped"] = _stop_engine(paths, _settle_s(paths))
    if purge:
        told["machine"], told["untold"] = _still_paired(paths)
        told["completion"] = completion.take_all(paths)
        told["deleted"], told["kept"] = install_purge.purge(paths)
    elif os.path.isdir(paths.home) and not records:
        told["stays"] = paths.home
    _say(told, as_json, _uninstalled_lines(told, sorted(records)))
    return 0


def _folder(scope: str) -> str:
    return install_places.user_folder() if scope == "user" else install_places.project_folder()


def _odd_home(paths: Paths) -> str:
    """Return our home if it is not the usual one."""
    usual = os.path.abspath(os.path.join(os.path.expanduser("~"), ".spread"))
    return "" if paths.home == usual and os.name != "nt" else paths.home


def _modes(scope: str) -> tuple[int, int]:
    """Return the modes of new files and folders: a project's are for all who share it."""
    return (0o600, 0o700) if scope == "user" else (0o644, 0o755)


# Installing


def _install(paths: Paths, folder: str, scope: str, statusline: bool) -> Told:
    found = install_places.read(folder)
    fresh = found.was in (ABSENT, BLANK)
    text = "{}\n" if fresh else found.text
    records = install_places.load(paths)
    record = records.get(folder)
    again = record is not None and not fresh and settings_text.has_ours(text)
    if record is None or not again:
        skills = record.skills if record else {}
        folders = record.folders if record else []
        record = Record(scope, found.was, found.text if fresh else "", folders=folders, skills=skills)
    home = _odd_home(paths)
    with install_places.explained(found.path):
        after = settings_text.add_hooks(text, settings.entries(home, sys.executable), record.empty)
    status = ""
    if statusline:
        after, status = _add_status(after, home, record)
    remember(paths)
    file_mode, folder_mode = _modes(scope)
    record.folders += install_places.make_folder(os.path.dirname(os.path.realpath(found.path)), folder_mode)
    skills_told = install_places.put_skills(folder, record, file_mode, folder_mode)
    records[folder] = record
    install_places.save(paths, records)
    changed = fresh or after != text
    backup = ""
    if changed:
        backup = "" if again else install_places.back_up(found)  # ours is not how it was before us
        install_places.write(found, after, file_mode)
    install_places.publish(paths, records)
    return {
        "scope": scope, "settings": found.path, "changed": changed, "backup": backup, "skills": skills_told,
        "statusline": status, "service": "", "start_service_with": "", "notes": _notes(folder, after),
        "paired": bool(os.listdir(paths.peers)),
    }  # fmt: skip


def _add_status(text: str, home: str, record: Record) -> tuple[str, str]:
    """Return the text with our status line, and what came of it."""
    if os.name == "nt":
        return text, "not added: on Windows it needs a shell that we do not know"
    try:
        after = settings_text.add_status(text, settings.command(settings.STATUS_LINE, home), record.empty)
    except settings_text.SettingsError as problem:
        return text, f"not added: line {problem.line}: {problem}"
    return after, "unchanged" if after == text else "added"


def _notes(folder: str, text: str) -> list[str]:
    notes = []
    plugin = install_places.plugin_of([folder, install_places.user_folder(), install_places.project_folder()])
    if plugin:
        notes.append(
            f"the plugin {plugin} is enabled too; its hooks step aside here, and one of both is enough: "
            f"claude plugin disable {plugin}"
        )
    if json.loads(text, parse_int=str).get("disableAllHooks") is True:
        notes.append("disableAllHooks is set in these settings: no hook runs, ours neither")
    return notes


def _installed_lines(told: Told) -> list[str]:
    done = "installed" if told["changed"] else "already installed"
    lines = [f"{done} in {told['settings']}" + ("" if told["paired"] else "; next: spread pair")]
    if told["backup"]:
        lines.append(f"as it was before: {told['backup']}")
    lines += [
        f"skill kept as it is, since it is not as we wrote it: {path}" for path in told["skills"]["kept"]
    ]
    if told["statusline"].startswith("not"):
        lines.append(f"status line {told['statusline']}")
    if told["service"]:
        start = told["start_service_with"]
        lines.append(f"service {told['service']}" + (f"; start it with: {start}" if start else ", started"))
    return lines + [f"note: {note}" for note in told["notes"]]


# Uninstalling


def _uninstall(folder: str, found: Settings, record: Record | None, purge: bool) -> Told:
    told: Told = {"settings": found.path, "changed": False, "removed_file": False, "backup_kept": ""}
    data = found.data
    if found.was not in (ABSENT, BLANK):
        empty = record.empty if record else {}
        after = settings_text.take_status(settings_text.take_hooks(found.text, empty), empty)
        told["changed"] = after != found.text
        if record and record.was != install_places.FILE and after.strip() == "{}":
            after = record.blank
            told["removed_file"] = record.was == ABSENT
        if told["removed_file"]:
            os.unlink(os.path.realpath(found.path))
            data = None
        elif after != found.text:
            install_places.write(found, after, 0o600)
            data = settings_bytes.encode(after, found.how)
    told["backup_kept"] = install_places.drop_backup(found, data, always=purge)
    told["skills"] = install_places.take_skills(folder, record)
    if record:
        install_places.drop_folders(record.folders)
    return told


def _still_paired(paths: Paths) -> tuple[str, list[str]]:
    """Return the name of this machine, and its peers, who do not hear that it forgets them."""
    if os.name != "posix":  # there are none
        return "", []
    from spread import config, peers

    known, _ = peers.load_usable(paths)
    names = sorted(peer.name for peer in known.values() if not peer.gone)
    try:
        return config.load(paths).machine, names
    except ConfigError:
        return "NAME", names


def _stop_engine(paths: Paths, settle_s: float) -> bool:
    if os.name != "posix":  # there is no engine, nor what its lock is made of
        return False
    from spread import engine_lock

    return engine_lock.stop(paths, settle_s=settle_s)


def _settle_s(paths: Paths) -> float:
    """Return how long a hook that ran just now may take to start an engine: none where no hook did anything yet."""
    used = (
        folder for folder in (paths.checkpoints, paths.peers) if os.path.isdir(folder) and os.listdir(folder)
    )
    return SETTLE_S if any(used) else 0.0


def _uninstalled_lines(told: Told, elsewhere: list[str]) -> list[str]:
    lines = []
    for place in told["places"]:
        gone = place["changed"] or place["skills"]["removed"]
        lines.append(f"{'uninstalled from' if gone else 'nothing of ours in'} {place['settings']}")
        if place["backup_kept"]:
            lines.append(f"kept, since the file was changed since: {place['backup_kept']}")
        lines += [f"skill kept, since it was changed: {path}" for path in place["skills"]["kept"]]
    if told["service"]:
        lines.append(f"service removed: {told['service']}")
    if told["engine_stopped"]:
        lines.append("engine stopped")
    lines += [f"{shell} completes nothing of ours any more" for shell in told["completion"]]
    lines += [f"deleted {path}" for path in told["deleted"]]
    lines += [f"kept, since it is not ours: {path}" for path in told["kept"]]
    if told["untold"]:
        names, there = ", ".join(told["untold"]), f"`spread unpair {told['machine']}` there"
        lines.append(f"still paired with this machine, and not told: {names}; next: {there}")
    lines += [f"still installed in {folder}" for folder in elsewhere]
    if told["stays"]:
        has_keys = os.path.exists(Paths(told["stays"]).identity)
        what = "keys, pairings and hand-offs" if has_keys else "our own files"
        lines.append(f"{what} stay in {told['stays']}; `spread uninstall --purge` deletes them")
    return lines


def _say(told: Told, as_json: bool, lines: list[str]) -> None:
    if as_json:
        terminal.result(json.dumps(told, indent=2))
        return
    for line in lines:
        terminal.result(visible(line))  # the name of a project's folder may be anyone's
