"""A relay's certificate, read again when its file changes; connections that are open go on."""

import os
import ssl

from spread.errors import ConfigError


class Certificate:
    """A certificate and its key, and the context that new connections are made with.

    Raises:
        ConfigError: They cannot be read, or do not belong together.
    """

    def __init__(self, cert: str, key: str) -> None:
        self._cert = cert
        self._key = key
        self._seen = self._marks()
        self.context = _context()
        try:
            self._load()
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"cannot use the certificate {cert} with the key {key}",
                why=_why(error),
                hint="give PEM files: --cert with the whole chain, --key without a passphrase",
            ) from None

    def changed(self) -> bool:
        """Tell whether a file is another one than last time we looked."""
        marks = self._marks()
        changed = marks != self._seen
        self._seen = marks
        return changed

    def reload(self) -> str:
        """Read both again; return why that failed, and go on with those we have, or "" if it did not."""
        try:
            self._load()
        except (OSError, ssl.SSLError) as error:
            return _why(error)
        return ""

    def _load(self) -> None:
        _context().load_cert_chain(
            self._cert, self._key, password=_no_passphrase
        )  # a bad pair harms nobody here
        self.context.load_cert_chain(self._cert, self._key, password=_no_passphrase)

    def _marks(self) -> list[tuple[int, int, int]]:
        marks = []
        for path in (self._cert, self._key):
            try:
                found = os.stat(path)
                marks.append((found.st_mtime_ns, found.st_ino, found.st_size))
            except OSError:
                marks.append((0, 0, 0))
        return marks


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _no_passphrase() -> str:
    raise ssl.SSLError("the key has a passphrase")  # OpenSSL would ask for it on the terminal


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
