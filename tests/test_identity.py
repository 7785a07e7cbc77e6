"""Our own secret keys on disk: made once, private, rotated, kept as long as mail may need them."""

import json
import os
import stat
from pathlib import Path

import pytest

from spread import identity
from spread.errors import StoreError
from spread.fingerprint import fingerprint
from spread.paths import Paths
from spread.protocol import crypto, envelope

NOW = 2_000_000_000.0
DAY_S = 24 * 3600.0


def mode(path: str) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(os.stat(path).st_mode)


def files(home: Paths) -> list[str]:
    """Return the prekeys' file names."""
    return sorted(os.listdir(home.prekeys))


# -- the identity ------------------------------------------------------------------------------------------


def test_identity_is_made_once(home: Paths) -> None:
    """The first use makes keys; every later one finds the same."""
    made = identity.load(home)
    assert identity.load(home) == made
    assert (len(made.seed), len(made.mailbox_seed)) == (32, 32)
    assert made.seed != made.mailbox_seed


def test_identities_differ(tmp_path: Path) -> None:
    """Two homes have nothing in common."""
    one, two = (identity.load(Paths(tmp_path / name)) for name in ("one", "two"))
    assert len({one.seed, one.mailbox_seed, two.seed, two.mailbox_seed}) == 4


def test_secret_files_are_private(home: Paths) -> None:
    """Only the user can read the keys, and only the user can look into their directory."""
    made = identity.load(home)
    identity.current_prekey(home, made, NOW)
    assert mode(home.identity) == 0o600
    assert mode(home.prekeys) == 0o700
    assert [mode(os.path.join(home.prekeys, name)) for name in files(home)] == [0o600]


def test_public_keys_belong_to_the_seeds(home: Paths) -> None:
    """What peers are told are the public halves, never a seed."""
    made = identity.load(home)
    assert made.public == crypto.public_key(made.seed)
    assert made.mailbox == crypto.public_key(made.mailbox_seed)


@pytest.mark.parametrize(
    "damage",
    [
        b"", b"{", b"[]", b"{}", b"\xff", b"[" * 9000,
        b'{"seed": "00", "mailbox_seed": "00"}', b'{"seed": 5, "mailbox_seed": 5}',
        b'{"seed": "zz", "mailbox_seed": "zz"}', b'{"seed": "' + b"00" * 32 + b'"}',
    ],
)  # fmt: skip
def test_damaged_identity_is_told(home: Paths, damage: bytes) -> None:
    """A damaged identity is an error with what, why and a way out, and is never written over."""
    Path(home.identity).write_bytes(damage)
    with pytest.raises(StoreError) as caught:
        identity.load(home)
    assert home.identity in caught.value.what
    assert caught.value.why
    assert "backup" in caught.value.hint
    assert Path(home.identity).read_bytes() == damage


def test_error_does_not_show_a_key(home: Paths) -> None:
    """What is wrong with the file is told without its content."""
    seed = os.urandom(31).hex()
    Path(home.identity).write_text(json.dumps({"seed": seed, "mailbox_seed": seed}), encoding="ascii")
    with pytest.raises(StoreError) as caught:
        identity.load(home)
    assert "wrong size" in caught.value.why
    assert seed not in "".join(caught.value.lines())


def test_unreadable_identity_is_told(home: Paths) -> None:
    """An identity that cannot be read is an error, not a new identity."""
    os.mkdir(home.identity)
    with pytest.raises(StoreError) as caught:
        identity.load(home)
    assert caught.value.why


def test_identity_made_meanwhile_is_kept(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """When two programs make the identity at the same moment, both go on with the one on disk."""
    first = identity.load(home)
    kept = Path(home.identity).read_bytes()
    os.unlink(home.identity)
    make = home.make

    def meanwhile(self: Paths) -> None:
        make()
        Path(home.identity).write_bytes(kept)

    monkeypatch.setattr(Paths, "make", meanwhile)
    assert identity.load(home) == first
    assert Path(home.identity).read_bytes() == kept
    assert [name for name in os.listdir(home.home) if name.endswith(".tmp")] == []


def test_fingerprint() -> None:
    """A fingerprint is two groups of four hex digits, the same for the same key only."""
    one, two = os.urandom(32), os.urandom(32)
    text = fingerprint(one)
    assert text == fingerprint(one) != fingerprint(two)
    assert [len(part) for part in text.split(" ")] == [4, 4]
    assert bytes.fromhex(text)


# -- prekeys -----------------------------------------------------------------------------------------------


def test_prekey_opens_what_is_sealed_to_it(home: Paths) -> None:
    """A prekey read back from disk is signed by us and opens what a peer seals to it."""
    ours = identity.load(home)
    given = envelope.Prekey.from_dict(identity.current_prekey(home, ours, NOW).prekey.to_dict(), ours.public)
    raw = envelope.seal(
        b"content", kind="receipt", id="s", revision=1, sequence=0, sender_seed=os.urandom(32),
        recipient=ours.public, prekey=given,
    )  # fmt: skip
    (secret,) = identity.prekeys(home)
    assert envelope.unseal(raw, secret, ours.public).content == b"content"


def test_prekey_lasts_a_day(home: Paths) -> None:
    """For a day the same prekey is given out; then a new one is, and the old one is kept."""
    ours = identity.load(home)
    first = identity.current_prekey(home, ours, NOW)
    assert first.prekey.created == NOW
    assert identity.current_prekey(home, ours, NOW + DAY_S - 1) == first
    second = identity.current_prekey(home, ours, NOW + DAY_S)
    assert second.prekey.id != first.prekey.id
    assert identity.current_prekey(home, ours, NOW + DAY_S + 1) == second
    assert identity.prekeys(home) == [second, first]


def test_replaced_prekey_is_kept_for_fifteen_days(home: Paths) -> None:
    """A prekey lives for fifteen days after it was replaced: so long mail sealed to it may wait at a relay."""
    ours = identity.load(home)
    made = [identity.current_prekey(home, ours, NOW + day * DAY_S) for day in range(40)]
    kept = identity.prekeys(home)
    assert kept == made[::-1][: len(kept)]
    oldest_replaced = kept[-1].prekey.created + DAY_S
    assert NOW + 39 * DAY_S - oldest_replaced == 15 * DAY_S
    assert len(files(home)) == len(kept)


def test_prekey_of_a_sleeping_machine_is_kept(home: Paths) -> None:
    """A machine that was off for months keeps the key its peers know: mail sealed to it yesterday may wait."""
    ours = identity.load(home)
    first = identity.current_prekey(home, ours, NOW)
    second = identity.current_prekey(home, ours, NOW + 100 * DAY_S)
    assert identity.prekeys(home) == [second, first]


def test_clock_set_back_makes_no_new_prekey(home: Paths) -> None:
    """A clock that went backwards changes nothing."""
    ours = identity.load(home)
    first = identity.current_prekey(home, ours, NOW)
    assert identity.current_prekey(home, ours, NOW - 10 * DAY_S) == first


def test_damaged_prekeys_are_passed_over(home: Paths) -> None:
    """Files that are not what we wrote do not keep the good ones from being used."""
    ours = identity.load(home)
    good = identity.current_prekey(home, ours, NOW)
    right = json.loads(Path(home.prekeys, files(home)[0]).read_bytes())
    damages = [
        b"", b"[]", b"\xff", b"{}", b"[" * 9000, *(
            json.dumps({**right, **change}).encode() for change in (
                {"suite": 300}, {"suite": "x"}, {"public": "zz"}, {"private": None}, {"created": None},
                {"created": float("inf")}, {"signature": 5},
            )
        ),
    ]  # fmt: skip
    for number, damage in enumerate(damages):
        Path(home.prekeys, f"{number}.json").write_bytes(damage)
    for name in ("readme.txt", f".{files(home)[0]}.7.tmp", ".hidden.json"):
        Path(home.prekeys, name).write_text(json.dumps(right), encoding="ascii")
    os.mkdir(os.path.join(home.prekeys, "folder.json"))
    assert identity.prekeys(home) == [good]
    assert identity.current_prekey(home, ours, NOW + 1) == good


def test_two_programs_may_rotate_at_once(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prekey past its time that another program has just deleted is no error."""
    ours = identity.load(home)
    made = [identity.current_prekey(home, ours, NOW + day * DAY_S) for day in range(17)]
    known = identity.prekeys(home)
    first = os.path.join(home.prekeys, made[0].prekey.id.hex() + ".json")
    monkeypatch.setattr(identity, "prekeys", lambda paths: known)
    os.unlink(first)
    fresh = identity.current_prekey(home, ours, NOW + 17 * DAY_S)
    monkeypatch.undo()
    assert identity.prekeys(home) == [fresh, *known[:-1]]


def test_copied_prekey_is_passed_over(home: Paths) -> None:
    """A copy of a prekey under another name counts no second time."""
    ours = identity.load(home)
    made = identity.current_prekey(home, ours, NOW)
    Path(home.prekeys, "copy.json").write_bytes(Path(home.prekeys, files(home)[0]).read_bytes())
    assert identity.prekeys(home) == [made]


def test_identity_without_hard_links(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system has no hard links the identity is made all the same."""

    def no_links(source: str, target: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    made = identity.load(home)
    assert identity.load(home) == made
    assert [name for name in os.listdir(home.home) if name.endswith(".tmp")] == []


def test_no_prekeys_before_the_first_use(tmp_path: Path) -> None:
    """A home that was never made has no prekeys, and gets its directory with the first."""
    paths = Paths(tmp_path / "new")
    assert identity.prekeys(paths) == []
    ours = identity.Identity(os.urandom(32), os.urandom(32))
    made = identity.current_prekey(paths, ours, NOW)
    assert identity.prekeys(paths) == [made]
