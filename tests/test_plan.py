"""The engine's decisions: nothing owed is ever forgotten, and the nearer route comes first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import plan
from spread.plan import Attempts, Debt, Health, Key, Plan, RouteKind, Send

NOW = 1000.0
DEBT = Debt("laptop", "session.1.md", NOW)
BOTH: frozenset[RouteKind] = frozenset({"lan", "relay"})
LAN: frozenset[RouteKind] = frozenset({"lan"})
RELAY: frozenset[RouteKind] = frozenset({"relay"})
LONGEST_WAIT_S = plan.RESEND_RELAY_S + plan.RESEND_LAN_S
EPSILON_S = 0.001


def decide(
    now: float, usable: frozenset[RouteKind] = BOTH, *, lan: Attempts | None = None, relay: Attempts | None = None,
    debt: Debt = DEBT,
) -> tuple[list[RouteKind], float | None]:  # fmt: skip
    """Return the routes to send one debt by now, and when to look again."""
    tried: dict[Key, Attempts] = {}
    if lan is not None:
        tried[debt.peer, debt.name, "lan"] = lan
    if relay is not None:
        tried[debt.peer, debt.name, "relay"] = relay
    made = plan.plan([debt], {debt.peer: usable}, tried, now)
    assert all(send.debt == debt for send in made.sends)
    return [send.route for send in made.sends], made.wake_at


# -- which route, when -------------------------------------------------------------------------------------


def test_nothing_owed_is_nothing_to_do() -> None:
    """Without debts nothing is sent and nothing is waited for."""
    assert plan.plan([], {"laptop": BOTH}, {}, NOW) == Plan((), None)


def test_no_route_waits_for_one() -> None:
    """A debt without a usable route waits until something happens; so does one to a peer nobody knows."""
    assert decide(NOW, frozenset()) == ([], None)
    assert plan.plan([DEBT], {}, {}, NOW) == Plan((), None)


def test_lan_goes_first_at_once() -> None:
    """A new debt goes out on the LAN at once, and the relay is looked at a quarter of a second later."""
    assert decide(NOW) == (["lan"], NOW + 0.25)


def test_relay_alone_goes_at_once() -> None:
    """Without the LAN the relay waits for nothing."""
    assert decide(NOW, RELAY) == (["relay"], None)


def test_relay_follows_a_slow_lan() -> None:
    """While the LAN is still at it after its head start, the relay sends too; not before."""
    lan = plan.started(Attempts(), NOW)
    assert decide(NOW + 0.2, lan=lan) == ([], NOW + 0.25)
    assert decide(NOW + 0.25, lan=lan) == (["relay"], None)


def test_head_start_counts_from_the_attempt() -> None:
    """A peer that comes to the LAN long after the debt appeared still gets its head start there."""
    lan = plan.started(Attempts(), NOW + 500)
    assert decide(NOW + 500.1, lan=lan) == ([], NOW + 500.25)


def test_relay_follows_a_failed_lan_at_once() -> None:
    """When the LAN fails, the relay sends at once and the LAN after its back-off."""
    lan = plan.failed(plan.started(Attempts(), NOW), NOW + 0.1)
    routes, wake_at = decide(NOW + 0.1, lan=lan)
    assert routes == ["relay"]
    assert wake_at == pytest.approx(NOW + 0.1 + 0.5)


def test_relay_follows_a_lan_that_only_stores() -> None:
    """Stored on the LAN is not paid: with no receipt after three seconds, the relay sends too."""
    lan = plan.stored(plan.started(Attempts(), NOW), NOW + 0.1)
    assert decide(NOW + 3.0, lan=lan) == ([], NOW + 3.1)
    routes, wake_at = decide(NOW + 3.1, lan=lan)
    assert (routes, wake_at) == (["relay"], NOW + 0.1 + plan.RESEND_LAN_S)


def test_stored_is_sent_again_after_long() -> None:
    """What a server keeps is sent again when no receipt comes: by the LAN after a minute, by the relay after hours."""
    kept = plan.stored(Attempts(), NOW)
    assert decide(NOW + 59, LAN, lan=kept) == ([], NOW + 60)
    assert decide(NOW + 60, LAN, lan=kept) == (["lan"], None)
    assert decide(NOW + 6 * 3600 - 1, RELAY, relay=kept) == ([], NOW + 6 * 3600)
    assert decide(NOW + 6 * 3600, RELAY, relay=kept) == (["relay"], None)


def test_lan_resends_grow_rare() -> None:
    """A peer that keeps taking and never answers is sent to half as often each time, never less than the relay."""
    waits = [plan.resend_after("lan", puts) for puts in range(1, 40)]
    assert waits[:3] == [60, 120, 240]
    assert waits == sorted(waits)
    assert waits[-1] == plan.RESEND_RELAY_S
    twice = plan.stored(plan.stored(Attempts(), NOW - 60), NOW)
    assert decide(NOW + 60, LAN, lan=twice) == ([], NOW + 120)


def test_failure_after_stored_is_tried_again_soon() -> None:
    """A resend that fails is tried again after its back-off, not after the long wait of what is stored."""
    relay = plan.failed(plan.stored(Attempts(), NOW), NOW + 30_000)
    _, wake_at = decide(NOW + 30_000, RELAY, relay=relay)
    assert wake_at == pytest.approx(NOW + 30_000.5)


def test_lan_that_failed_after_storing_frees_the_relay() -> None:
    """When the LAN's resend fails, the relay need not wait for a receipt any more."""
    lan = plan.failed(plan.stored(Attempts(), NOW), NOW + 60)
    assert decide(NOW + 60, lan=lan)[0] == ["relay"]


def test_one_attempt_at_a_time() -> None:
    """While an attempt is under way on a route, no second one is begun there."""
    under_way = plan.started(Attempts(), NOW)
    assert decide(NOW + 10_000, LAN, lan=under_way) == ([], None)
    assert decide(NOW + 10_000, RELAY, relay=under_way) == ([], None)


def test_debts_do_not_wait_for_each_other() -> None:
    """Each debt has its own attempts: one that failed does not hold up another to the same peer."""
    other = Debt("laptop", "other.1.md", NOW)
    tried: dict[Key, Attempts] = {("laptop", DEBT.name, "relay"): plan.failed(Attempts(), NOW)}
    made = plan.plan([DEBT, other], {"laptop": RELAY}, tried, NOW)
    assert made.sends == (Send(other, "relay"),)
    assert made.wake_at == pytest.approx(NOW + 0.5)


def test_peers_have_their_own_routes() -> None:
    """A debt goes only by the routes of its own peer."""
    other = Debt("desk", DEBT.name, NOW)
    made = plan.plan([DEBT, other], {"laptop": LAN, "desk": RELAY}, {}, NOW)
    assert made.sends == (Send(DEBT, "lan"), Send(other, "relay"))


# -- routes that are ill -----------------------------------------------------------------------------------


def many(count: int) -> list[Debt]:
    """Return debts to one peer."""
    return [Debt("laptop", f"s{number}.1.md", NOW) for number in range(count)]


def test_an_ill_route_is_tried_with_one_debt() -> None:
    """After a failure of the route itself one debt goes when its back-off is over, and none before."""
    ill: dict[plan.Way, Health] = {("laptop", "relay"): plan.broke(Health(), NOW)}
    early = plan.plan(many(9), {"laptop": RELAY}, {}, NOW + 0.4, 0.5, ill)
    assert early == Plan((), NOW + 0.5)
    due = plan.plan(many(9), {"laptop": RELAY}, {}, NOW + 0.5, 0.5, ill)
    assert due.sends == (Send(many(1)[0], "relay"),)
    assert due.wake_at is None, "its end is news"


def test_an_ill_route_is_not_tried_twice_at_once() -> None:
    """While one debt tries it, the others wait."""
    tried: dict[Key, Attempts] = {("laptop", "s0.1.md", "relay"): plan.started(Attempts(), NOW)}
    ill: dict[plan.Way, Health] = {("laptop", "relay"): plan.broke(Health(), NOW - 10)}
    assert plan.plan(many(9), {"laptop": RELAY}, tried, NOW, 0.5, ill) == Plan((), None)


def test_one_bad_debt_does_not_keep_a_route_ill() -> None:
    """The next try is with a debt that has not failed yet."""
    tried: dict[Key, Attempts] = {("laptop", "s0.1.md", "lan"): plan.failed(Attempts(), NOW)}
    ill: dict[plan.Way, Health] = {("laptop", "lan"): plan.broke(Health(), NOW)}
    made = plan.plan(many(3), {"laptop": LAN}, tried, NOW + 1, 0.5, ill)
    assert made.sends == (Send(many(2)[1], "lan"),)


def test_the_relay_does_not_wait_for_an_ill_lan() -> None:
    """No head start for a LAN that failed last time; it is tried beside the relay."""
    ill: dict[plan.Way, Health] = {("laptop", "lan"): plan.broke(Health(), NOW - 1)}
    made = plan.plan(many(2), {"laptop": BOTH}, {}, NOW, 0.5, ill)
    assert [send.route for send in made.sends] == ["lan", "relay", "relay"]


def test_back_to_the_lan_when_it_is_well() -> None:
    """One success, and new debts go by the LAN first again."""
    assert plan.plan(many(1), {"laptop": BOTH}, {}, NOW, 0.5, {("laptop", "lan"): plan.WELL}).sends == (
        Send(many(1)[0], "lan"),
    )


def test_a_silent_peer_holds_up_nobody_else() -> None:
    """So many attempts by one route to one peer and no more; another peer's go all the same."""
    debts = [*many(100), Debt("desk", "s.1.md", NOW)]
    made = plan.plan(debts, {"laptop": LAN, "desk": LAN}, {}, NOW)
    assert sum(send.debt.peer == "laptop" for send in made.sends) == plan.MAX_UNDER_WAY
    assert sum(send.debt.peer == "desk" for send in made.sends) == 1


# -- back-off ----------------------------------------------------------------------------------------------


def test_backoff_grows_to_five_minutes() -> None:
    """Waits grow from half a second to five minutes and no further."""
    waits = [plan.backoff(failures, 0.5) for failures in range(1, 20)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.5, 300.0)
    assert plan.backoff(0, 0.5) == 0.5


@given(st.integers(0, 1000), st.floats(0, 1))
def test_jitter_spreads_over_half_the_wait(failures: int, jitter: float) -> None:
    """Jitter moves a wait by a quarter at most, either way."""
    middle = plan.backoff(failures, 0.5)
    assert 0.75 * middle <= plan.backoff(failures, jitter) <= 1.25 * middle


def test_storing_forgets_failures() -> None:
    """After a success the next failure waits the shortest time again."""
    attempts = Attempts()
    for at in range(5):
        attempts = plan.failed(plan.started(attempts, NOW + at), NOW + at)
    assert attempts.failures == 5
    attempts = plan.stored(plan.started(attempts, NOW + 9), NOW + 9)
    assert attempts == Attempts(started=0.0, stored=NOW + 9, failed=NOW + 4, failures=0, puts=1)
    assert plan.failed(attempts, NOW + 10).failures == 1


# -- no debt is dropped ------------------------------------------------------------------------------------

outcomes = st.sampled_from(["stored", "failed"])
usable_routes = st.sampled_from([frozenset(), LAN, RELAY, BOTH])
steps = st.lists(
    st.tuples(usable_routes, st.floats(0, 40_000), st.lists(outcomes, min_size=2, max_size=2)), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([LAN, RELAY, BOTH]), st.floats(0, 1))
def test_no_debt_is_ever_dropped(
    history: list[tuple[frozenset[RouteKind], float, list[str]]], usable: frozenset[RouteKind], jitter: float
) -> None:
    """Whatever was tried and however it ended, what is unpaid and has a route is sent again when `wake_at` says."""
    debts = [DEBT, Debt("laptop", "other.2.md", NOW + 1)]
    tried: dict[Key, Attempts] = {}
    now = NOW + 1
    for routes, wait, ends in history:
        for send in plan.plan(debts, {"laptop": routes}, tried, now, jitter).sends:
            key = (send.debt.peer, send.debt.name, send.route)
            end = ends[send.route == "lan"]
            begun = plan.started(tried.get(key, Attempts()), now)
            tried[key] = plan.stored(begun, now) if end == "stored" else plan.failed(begun, now)
        now += wait
    sent: set[Debt] = set()
    end_of_patience = now + LONGEST_WAIT_S
    for _ in range(50_000):
        made = plan.plan(debts, {"laptop": usable}, tried, now, jitter)
        sent |= {send.debt for send in made.sends}
        if len(sent) == len(debts):
            break
        for send in made.sends:
            key = (send.debt.peer, send.debt.name, send.route)
            tried[key] = plan.stored(plan.started(tried.get(key, Attempts()), now), now)
        again = plan.plan(debts, {"laptop": usable}, tried, now, jitter)
        assert again.sends == (), "what was sent just now is not sent again at once"
        assert again.wake_at is not None, "something is owed and can be sent: we must wake"
        assert again.wake_at > now
        now = again.wake_at
        assert now <= end_of_patience
    assert sent == set(debts)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["lan", "relay"]), outcomes, st.floats(0.001, 10_000)), max_size=8),
    st.floats(0, 50_000),
    st.sampled_from([LAN, RELAY, BOTH]),
    st.floats(0, 1),
)
def test_waking_is_when_something_is_due(
    history: list[tuple[RouteKind, str, float]], wait: float, usable: frozenset[RouteKind], jitter: float
) -> None:
    """Before `wake_at` nothing more becomes due; at `wake_at` something does."""
    tried: dict[Key, Attempts] = {}
    now = NOW
    for route, end, pause in history:
        key = (DEBT.peer, DEBT.name, route)
        begun = plan.started(tried.get(key, Attempts()), now)
        tried[key] = plan.stored(begun, now) if end == "stored" else plan.failed(begun, now)
        now += pause
    now += wait
    made = plan.plan([DEBT], {"laptop": usable}, tried, now, jitter)
    if made.wake_at is None:
        assert len(made.sends) == len(usable)
        return
    assert made.wake_at > now
    before = plan.plan([DEBT], {"laptop": usable}, tried, max(now, made.wake_at - EPSILON_S), jitter)
    at = plan.plan([DEBT], {"laptop": usable}, tried, made.wake_at, jitter)
    assert before.sends == made.sends
    assert len(at.sends) > len(made.sends)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(outcomes, min_size=1, max_size=8), max_size=12), st.integers(1, 12),
    st.sampled_from([LAN, RELAY, BOTH]), st.floats(0, 1),
)  # fmt: skip
def test_every_debt_goes_once_its_route_is_well(
    ends: list[list[str]], count: int, usable: frozenset[RouteKind], jitter: float
) -> None:
    """However a route failed, with whichever debts: once it works again every debt is stored, in bounded steps."""
    tried: dict[Key, Attempts] = {}
    health: dict[plan.Way, Health] = {}
    debts, now, kept = many(count), NOW, set[str]()
    for step in range(len(ends) + 2 * count + 20):
        made = plan.plan(debts, {"laptop": usable}, tried, now, jitter, health)
        for number, send in enumerate(made.sends):
            way = (send.debt.peer, send.route)
            begun = plan.started(tried.get((*way[:1], send.debt.name, send.route), Attempts()), now)
            fails = step < len(ends) and ends[step][number % len(ends[step])] == "failed"
            health[way] = plan.broke(health.get(way, Health()), now) if fails else plan.WELL
            done = plan.failed(begun, now) if fails else plan.stored(begun, now)
            tried[send.debt.peer, send.debt.name, send.route] = done
            kept |= set() if fails else {send.debt.name}
        assert made.sends or made.wake_at is not None
        now = now if made.sends else made.wake_at or now
        if len(kept) == count:
            return
        now += 0.001
    raise AssertionError(f"{count - len(kept)} of {count} never went")
