"""Whose a connection is."""

import pytest

from spread.net.addresses import Bucket, PerAddress, Proxies, is_near, network, networks


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "192.0.2.2", False),
    ],
)
def test_what_is_one_address(one: str, other: str, same: bool) -> None:
    """An IPv6 network of 64 bits is one address, and IPv4 is itself however written."""
    assert (network(one) == network(other)) is same


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", True),
        ("::", True), ("169.254.1.1", True), ("fe80::1%eth0", True), ("localhost", True), ("LOCALHOST.", True),
        ("relay.localhost", True), ("192.0.2.1", False), ("10.0.0.1", False), ("2001:db8::1", False),
        ("::ffff:192.0.2.1", False), ("relay.example", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_near(host: str, near: bool) -> None:
    """This machine, however it is written, and what is on the same cable."""
    assert is_near(host) is near


def test_a_bucket() -> None:
    """A burst, then so many a second; what was taken ahead has to be waited for."""
    bucket = Bucket(2.0, 4.0, 100.0)
    assert [bucket.may_take(1, 100.0) for _ in range(5)] == [True, True, True, True, False]
    assert bucket.may_take(1, 100.5)
    assert not bucket.has(1, 100.5)
    assert bucket.take(3, 100.5) == 1.5
    assert bucket.take(0, 102.0) == 0.0
    assert [bucket.may_take(4, 1000.0), bucket.may_take(1, 1000.0)] == [True, False]


def test_addresses_are_forgotten() -> None:
    """Whoever has not been heard of for longest makes room for a new one."""
    known = PerAddress[list[int]](list, most=2)
    known.of("a").append(1)
    known.of("b").append(2)
    known.of("a")
    known.of("c")
    assert (len(known), known.of("a"), known.of("b")) == (2, [1], [])


OURS = "10.0.0.0/8, 2001:db8:1::5"


@pytest.mark.parametrize(
    ("header", "peer", "values", "client"),
    [
        ("x-forwarded-for", "10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("x-forwarded-for", "10.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("x-forwarded-for", "10.0.0.1", ["198.51.100.1", "192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        ("x-forwarded-for", "10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("x-forwarded-for", "10.0.0.1", ["192.0.2.7, unknown"], "10.0.0.1"),
        ("x-forwarded-for", "10.0.0.1", [], "10.0.0.1"),
        ("x-forwarded-for", "10.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
        ("x-forwarded-for", "10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("x-forwarded-for", "::ffff:10.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("x-forwarded-for", "192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        (
            "forwarded",
            "2001:db8:1::5",
            ['for=198.51.100.1, For="[2001:db8::7]:80";proto=https'],
            "2001:db8::7",
        ),
        ("forwarded", "10.0.0.1", ["proto=https;for=192.0.2.7"], "192.0.2.7"),
        ("forwarded", "10.0.0.1", ["for=_hidden"], "10.0.0.1"),
        ("forwarded", "10.0.0.1", ["proto=https"], "10.0.0.1"),
    ],
)
def test_the_client_behind_proxies(header: str, peer: str, values: list[str], client: str) -> None:
    """The right-most address that is no proxy of ours; what a client says of itself is not believed."""
    assert Proxies(networks(OURS), header).client(peer, values) == client


def test_bad_networks() -> None:
    """What is no network is named."""
    with pytest.raises(ValueError, match="proxy"):
        networks("10.0.0.1,proxy.example")
