"""The short text by which people compare machines."""

from spread.protocol.crypto_labels import digest


def fingerprint(public: bytes) -> str:
    """Return the short text by which people compare an identity."""
    text = digest("fingerprint", public).hex()
    return f"{text[:4]} {text[4:8]}"
