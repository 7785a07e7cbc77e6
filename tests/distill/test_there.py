"""What ran on other hosts is a mere look, or more."""

from pathlib import Path

import pytest

from spread.distill.there import acts
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("df -h / && sudo du -xh /var | sort -rh | head -5", False),
        ("sudo journalctl -u cups --since 05:30 | tail -5", False),
        ("grep -c error /var/log/cups/error_log 2>/dev/null", False),
        ("psql -c 'select count(*) from prints'", False),
        ("psql -c 'delete from prints'", True),
        ("sed -i s/a/b/ /etc/cups/cupsd.conf", True),
        ("echo on > /etc/cups/state", True),
        ("sudo systemctl restart cups", True),
    ],
)
def test_what_only_shows_something_is_a_look(line: str, more: bool) -> None:
    """What writes a file, sets something or asks a database to change is more."""
    assert acts(line) == more


def test_hosts_that_were_only_looked_at_leave_no_change(tmp_path: Path) -> None:
    """Each host of a loop has its name; once something was done on one, nobody knows what else."""
    lines = Lines()
    lines.user("which of the printers is full?")
    line = lines.bash("for h in hall attic; do ssh ops@$h 'df -h / | tail -1'; done", "/dev/a 98%\n/dev/a 9%")
    lines.say("The one in the hall.")
    told = lines.distilled(tmp_path)
    assert told.state == "no change"
    assert f"other hosts were only looked at, over ssh: hall (1), attic (1) (L{line})" in lines.page(tmp_path)
    lines.bash("ssh ops@hall 'sudo systemctl restart cups'")
    told = lines.distilled(tmp_path)
    assert told.state == "needs verification"
    assert "commands ran on other hosts over ssh, files changed there are not listed" in told.uncertainties[0]
