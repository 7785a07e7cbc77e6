"""What zeroconf keeps of all that is said by mDNS around us, and what of it is let go.

It keeps so many records, of whatever service and for as long as they say; where there is no more place, what ends
first goes first. So whoever has once said enough that lasts for years has what comes later go again before it was
looked at, for good. And its browsers keep every name they have heard.
"""

from collections.abc import Callable
from typing import Final

from zeroconf import DNSPointer, Zeroconf  # type: ignore[attr-defined]  # exported, but not by its `__all__`

MAX_RECORDS: Final = 2048  # far below what zeroconf keeps


def thin(zeroconf: Zeroconf, wanted: Callable[[str], bool]) -> bool:
    """Drop all records where there are too many, but for what points to what is wanted; tell whether it was so.

    Args:
        wanted: Tells of an instance's name whether it is to be heard when that goes.
    """
    kept = [record for records in zeroconf.cache.cache.values() for record in records]
    if len(kept) <= MAX_RECORDS:
        return False
    zeroconf.cache.async_remove_records(
        [record for record in kept if not (isinstance(record, DNSPointer) and wanted(record.alias))]
    )
    return True


def drop(zeroconf: Zeroconf, service: str, name: str) -> None:
    """Drop what points to an instance whose name cannot be written down, and so would be in no question of ours."""
    records = zeroconf.cache.entries_with_name(service)
    zeroconf.cache.async_remove_records(
        [record for record in records if isinstance(record, DNSPointer) and record.alias == name]
    )
