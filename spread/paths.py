"""Every path we touch, from `SPREAD_HOME`; nobody else joins one.

Hot path: imported by the SessionStart hook, so `os` only.
"""

import os


class Paths:
    """The files and directories below one `SPREAD_HOME`, as strings.

    Nothing is created here except by `make`.
    """

    __slots__ = ("home",)

    def __init__(self, home: str | os.PathLike[str] | None = None) -> None:
        chosen = os.fspath(home) if home is not None else os.environ.get("SPREAD_HOME", "")
        self.home = os.path.abspath(chosen or os.path.join(os.path.expanduser("~"), ".spread"))

    def _join(self, *parts: str) -> str:
        return os.path.join(self.home, *parts)

    @property
    def config(self) -> str:
        return self._join("config.toml")

    @property
    def interpreter(self) -> str:
        """Two lines: the Python that runs us, and the directory our package is imported from."""
        return self._join("interpreter")

    @property
    def hooks(self) -> str:
        """Copies of our hook shims, at a place that does not move with the environment."""
        return self._join("hooks")

    @property
    def installed(self) -> str:
        """The client's folders whose settings have our hooks, one a line: there the plugin's hooks step aside."""
        return self._join("installed")

    @property
    def install_record(self) -> str:
        """What `spread install` has made, so that `spread uninstall` takes exactly that away."""
        return self._join("install.json")

    @property
    def identity(self) -> str:
        return self._join("identity.json")

    @property
    def prekeys(self) -> str:
        return self._join("prekeys")

    @property
    def peers(self) -> str:
        return self._join("peers")

    @property
    def peers_lock(self) -> str:
        return self._join("engine", "peers.lock")

    @property
    def opening(self) -> str:
        """Which envelope is being opened just now."""
        return self._join("engine", "opening")

    @property
    def checkpoints(self) -> str:
        return self._join("checkpoints")

    @property
    def sessions(self) -> str:
        """What we know of each local session: its revision, how far its transcript was read."""
        return self._join("sessions")

    def session_state(self, session: str) -> str:
        """Where the reading of a session's transcript was left."""
        return self._join("sessions", session + ".state")

    def session_places(self, session: str) -> str:
        """Which projects a session was in, by directory."""
        return self._join("sessions", session + ".places")

    @property
    def enrich(self) -> str:
        """`enrich/<session>.md`: revisions that may get a narrative yet; made only where that is wanted."""
        return self._join("enrich")

    @property
    def enrich_spent(self) -> str:
        """How many narratives were asked for today, and when the last."""
        return self._join("enrich", "spent.json")

    @property
    def outbox(self) -> str:
        """`outbox/<peer>/<session>.<revision>.md`: each file is a debt."""
        return self._join("outbox")

    @property
    def sent(self) -> str:
        """`sent/<session>.<revision>.md`: what was owed and is paid; the newest revision of each session."""
        return self._join("sent")

    @property
    def history(self) -> str:
        """What went where and when, one line each; what is older is in `history.1.jsonl`."""
        return self._join("history.jsonl")

    @property
    def history_before(self) -> str:
        return self._join("history.1.jsonl")

    @property
    def completion(self) -> str:
        """The scripts that `spread completion --install` has made for shells."""
        return self._join("completion")

    @property
    def search(self) -> str:
        """The index of `spread search`; made anew from the directories whenever it is not there."""
        return self._join("search.sqlite")

    @property
    def receipts(self) -> str:
        """`receipts/<peer>/<id>.json`: receipts not yet accepted by any route."""
        return self._join("receipts")

    @property
    def revocations(self) -> str:
        """`revocations/<writer>.json`: relays that are still to be told to refuse a former peer's capability."""
        return self._join("revocations")

    @property
    def farewells(self) -> str:
        """`farewells/<writer>.json`: former peers that are still to be told that they are unpaired."""
        return self._join("farewells")

    @property
    def incoming(self) -> str:
        """Envelopes the listener has accepted and the engine has not opened yet."""
        return self._join("incoming")

    @property
    def unfinished(self) -> str:
        """What came so far of shares that broke off."""
        return self._join("unfinished")

    @property
    def paused(self) -> str:
        """While this file exists the hooks do nothing."""
        return self._join("paused")

    @property
    def paused_projects(self) -> str:
        """The keys of paused projects, one a line."""
        return self._join("paused-projects")

    @property
    def paused_peers(self) -> str:
        """The names of paused peers, one a line."""
        return self._join("paused-peers")

    @property
    def limits(self) -> str:
        """Which projects a peer may have, for peers that may not have all."""
        return self._join("limits.toml")

    @property
    def inbox_new(self) -> str:
        return self._join("inbox", "new")

    @property
    def inbox_seen(self) -> str:
        return self._join("inbox", "seen")

    @property
    def inbox_index(self) -> str:
        """A cache over `inbox/new` for the SessionStart hook; the directory is the truth."""
        return self._join("inbox", "index.json")

    @property
    def inbox_arrived(self) -> str:
        """One line that is another one whenever a hand-off has come; what a session knows of it is in `inbox/told`."""
        return self._join("inbox", "arrived")

    @property
    def inbox_told(self) -> str:
        """`inbox/told/<session>`: that line as the session last saw it, and the hand-offs it was told of."""
        return self._join("inbox", "told")

    @property
    def inbox_runs(self) -> str:
        """Which hand-offs runs of `claude -p` were given, a project's key and a file's name on a line."""
        return self._join("inbox", "runs")

    @property
    def inbox_earlier(self) -> str:
        """`inbox/earlier/<peer>.<session>.<revision>.md`: what newer revisions have replaced, a few of each."""
        return self._join("inbox", "earlier")

    @property
    def inbox_accepted(self) -> str:
        """The names of files in `inbox/new` that the user has accepted, one a line, the last one last."""
        return self._join("inbox", "accepted")

    @property
    def ledger(self) -> str:
        """`ledger/<peer>.json`: the newest revision received of each session, so that none comes twice."""
        return self._join("ledger")

    @property
    def sequences(self) -> str:
        """`sequences/<peer>.out.json` and `.in.json`: numbers given to what we owe, numbers that came."""
        return self._join("sequences")

    @property
    def quarantine(self) -> str:
        return self._join("quarantine")

    @property
    def engine(self) -> str:
        return self._join("engine")

    @property
    def engine_lock(self) -> str:
        return self._join("engine", "lock")

    @property
    def engine_pid(self) -> str:
        return self._join("engine", "pid")

    @property
    def engine_ready(self) -> str:
        """Written by the engine after its first look at the mailboxes; the SessionStart hook waits for it."""
        return self._join("engine", "ready")

    @property
    def engine_status(self) -> str:
        return self._join("engine", "status.json")

    @property
    def ui(self) -> str:
        """Files that lead a browser to the page of `spread ui`, each for a moment; made only for one."""
        return self._join("ui")

    @property
    def relay_store(self) -> str:
        """Where `spread relay` keeps mail unless told otherwise."""
        return self._join("relay.sqlite")

    @property
    def log(self) -> str:
        return self._join("log")

    @property
    def engine_log(self) -> str:
        return self._join("log", "engine.log")

    @property
    def hook_log(self) -> str:
        return self._join("log", "hook.log")

    def names(self) -> set[str]:
        """Return the names at the top of the home that are ours."""
        paths = [getattr(self, name) for name, kind in vars(Paths).items() if isinstance(kind, property)]
        return {os.path.relpath(path, self.home).split(os.sep)[0] for path in paths}

    def make(self) -> None:
        """Create the directories, private to the user (0700); a home that was made by hand becomes so."""
        self._tighten()
        for folder in (
            self.home, self.hooks, self.prekeys, self.peers, self.checkpoints, self.sessions, self.outbox,
            self.sent, self.receipts, self.revocations, self.incoming, os.path.dirname(self.inbox_new), self.inbox_new,
            self.inbox_seen, self.inbox_told, self.ledger, self.quarantine,
            self.engine, self.log,
        ):  # fmt: skip
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def _tighten(self) -> None:
        """Close our home to others, if it is the user's and nobody else's things are in it: it may be any folder."""
        if os.name != "posix":
            return
        try:
            found = os.stat(self.home)
            if not found.st_mode & 0o077 or found.st_uid != os.geteuid():
                return
            ours = tuple(self.names())
            if all(name.lstrip(".").startswith(ours) for name in os.listdir(self.home)):
                os.chmod(self.home, 0o700)
        except OSError:  # not there yet; or it cannot be, which `spread doctor` tells
            pass


def open_plain(path: str) -> int:
    """Open a file that anyone may have put there, for reading: a pipe, say, would be waited for without end.

    Raises:
        OSError: It cannot be opened, or is no plain file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    if os.fstat(handle).st_mode & 0o170000 != 0o100000:  # as `stat.S_ISREG` has it
        os.close(handle)
        raise OSError(22, "it is no plain file", path)
    return handle


def read_plain(path: str, most: int) -> bytes:
    """Return the beginning of such a file.

    Raises:
        OSError: It cannot be read, or is no plain file.
    """
    with open(open_plain(path), "rb") as file:
        return file.read(most)


def write_atomic(path: str, data: bytes, mode: int = 0o600) -> None:
    """Put `data` at `path` whole or not at all: temporary file (private), fsync, rename, fsync of the directory."""
    _write(path, data, durable=True, mode=mode)
    sync_directory(os.path.dirname(path))


def write_volatile(path: str, data: bytes, mode: int = 0o600) -> None:
    """As `write_atomic`, for what may be lost with power since it is made anew anyway: nothing is waited for."""
    _write(path, data, durable=False, mode=mode)


def _write(path: str, data: bytes, *, durable: bool, mode: int = 0o600) -> None:
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        if mode != 0o600:
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def sync_directory(folder: str) -> None:
    """Make a rename or an unlink in `folder` durable (a no-op where directories cannot be opened)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
