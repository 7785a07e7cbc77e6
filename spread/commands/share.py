"""`spread share`: hand over one thing, once, by code or passphrase (RELAY_SERVER_SPEC.md, "Share").

The other side can begin as soon as it has the code. So a small text's code is shown as soon as the text is read and,
with a relay, the room is made; whatever redacts and carries it is loaded while the other side starts.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Final

from spread import config
from spread.commands import common, share_content, terminal
from spread.errors import RouteError, UsageError
from spread.paths import Paths

SMALL_CHARS: Final = 100_000  # redacted long before anyone who waits for it gives up


def run(
    paths: Paths, file: str | None, *, session: str | None, relay: str | None, passphrase_file: str | None,
    keep_open_min: float | None, as_json: bool, narrative_file: str | None = None,
) -> int:  # fmt: skip
    """Share until somebody has received it (or for `keep_open_min` minutes).

    Args:
        narrative_file: JSON that Claude wrote of the session; what holds of it is merged into the distillation.
    """
    settings = config.load(paths)
    _check(settings.relay, file, session, relay, passphrase_file, keep_open_min, narrative_file)
    passphrase = common.read_passphrase(passphrase_file)
    url = "" if relay is None else relay or settings.relay
    code = common.Code("", common.new_words() if passphrase is None else "")
    minutes = common.ROOM_TTL_S / 60 if keep_open_min is None else keep_open_min
    make: Callable[[], share_content.Content]
    if file is None or file.endswith(".jsonl"):
        make = _known(share_content.of_session(settings, file, session, narrative_file))
    else:
        text, raw = share_content.read_text(file)
        make = partial(share_content.of_text, file, text, raw)
        if len(text) > SMALL_CHARS:
            make = _known(make())
    if not url:
        code = common.Code(common.new_room(), code.words)
        _tell(code, url, minutes, as_json)
    from spread.commands import share_room

    offer = share_room.Offer(paths, make, code, passphrase, url, settings.relay_token, keep_open_min)
    if not share_room.run(offer, lambda code: _tell(code, url, minutes, as_json)):
        raise RouteError(
            "nobody came", why="the time is over", hint="run `spread share` again for a new code"
        )
    return 0


def _known(content: share_content.Content) -> Callable[[], share_content.Content]:
    return lambda: content


def _check(
    configured: str, file: str | None, session: str | None, relay: str | None, passphrase_file: str | None,
    keep_open_min: float | None, narrative_file: str | None,
) -> None:  # fmt: skip
    if relay == "" and not configured:
        raise UsageError("no relay is configured", hint="give one: spread share --relay wss://relay.example")
    if [file, passphrase_file, narrative_file].count("-") > 1:
        raise UsageError(
            "two things are to come from stdin at once",
            hint="give --passphrase-file or --narrative-file a file",
        )
    if keep_open_min is not None and not 0 < keep_open_min <= common.ROOM_TTL_S / 60:
        raise UsageError("--keep-open must be between 0 and 30 minutes", hint="rooms last 30 minutes")
    if file is not None and session is not None:
        raise UsageError("both a file and --session are given", hint="give one of them")
    if narrative_file is not None and file is not None and not file.endswith(".jsonl"):
        raise UsageError("a narrative belongs to a session", hint="give --session ID, or no --narrative-file")


def _tell(code: common.Code, relay: str, minutes: float, as_json: bool) -> None:
    if as_json:
        terminal.result(json.dumps({"code": str(code), "room": code.room, "relay": relay or None}))
    else:
        terminal.result(str(code))
    how = f" --relay {relay}" if relay else ""
    how += f" {code}" if code.words else f" --room {code.room} --passphrase-file FILE"
    terminal.say(f"on the other machine run: spread receive{how}")
    terminal.say(common.waits(minutes))
    if code.words:
        terminal.show_qr(f"spread receive{how}")
