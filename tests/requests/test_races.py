"""Two at once, in processes of their own: one wins, the other is told, and records and audit agree."""

import time
from collections.abc import Iterator

import pytest

from shiliu.core.models import AuditEntry
from shiliu.requests.models import Message, Milestone, Request, State
from tests import factories
from tests.processes import Process, Remote
from tests.requests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
STALE = "StaleState"
READY = (
    "import time",
    "from datetime import timedelta",
    "from django.utils import timezone",
    "from shiliu.core.access import Resident",
    "from shiliu.core.models import User",
    "from shiliu.grid.models import Area",
    "from shiliu.requests import actions",
    "from shiliu.requests.actions.asking import Order",
    "from shiliu.requests.actions.orders import Coming",
    "from shiliu.requests.models import Category, Request",
    "from shiliu.volunteers.models import Team",
    "get = lambda code: Request.objects.select_related('category', 'area').get(code=code)",
    "user = lambda: User.objects.get(username='town_coordinator')",
    "Area.objects.count()",  # the connection stands
)


@pytest.fixture(scope="module")
def pair(django_db_setup: object) -> Iterator[tuple[Process, Process]]:
    """Two processes that have loaded everything and are connected; starting them takes long."""
    both = Process(), Process()
    for process in both:
        process.tell(*READY)
    for process in both:
        process.answer()
    yield both
    for process in both:
        process.kill()


def at_once(pair: tuple[Process, Process], setup: tuple[str, str], act: tuple[str, str]) -> list[str]:
    """What each of two acts came to, begun at the same instant: its value, or the name of its error.

    setup: what each reads before, so that both have seen the same.
    """
    for process, lines in zip(pair, setup, strict=True):
        process.ask(lines, "None")
    start = time.time() + 0.05
    for process, line in zip(pair, act, strict=True):
        process.tell(f"time.sleep(max(0, {start} - time.time()))", line)
    told = []
    for process in pair:
        try:
            told.append(str(process.answer()))
        except Remote as error:
            told.append(str(error).partition(":")[0])
    return told


def verbs(it: Request) -> list[str]:
    return [verb for _version, verb in story(it)]


def story(it: Request) -> list[tuple[int, str]]:
    entries = AuditEntry.objects.filter(kind="requests.request", public_id=it.code).order_by("id")
    return list(entries.values_list("version", "verb"))


def assert_whole(it: Request) -> None:
    """Every version has its one entry, in order, and the last is the one that is stored."""
    it.refresh_from_db()
    versions = [version for version, _verb in story(it)]
    assert versions == list(range(2, it.version + 1))


def test_double_submit_is_one_request(cast: Cast, pair):
    factories.category(code="rubbish", name="垃圾").milestones.create(
        kind="contact", amount=2, unit="work_hour"
    )
    for n in range(ROUNDS):
        act = (
            "actions.ask(by=Resident(), category=Category.objects.get(code='rubbish'), "
            f"area=Area.objects.get(code='{cast.at.east_1.code}'), words='垃圾没人收', key='key-{n}').code"
        )
        told = at_once(pair, ("", ""), (act, act))

        it = Request.objects.get(code=told[0])
        assert told[0] == told[1]
        assert story(it) == [(1, "requests.ask")]
    assert Request.objects.count() == Milestone.objects.count() == ROUNDS


def test_same_order_twice_is_one_request(cast: Cast, pair):
    for n in range(ROUNDS):
        where = f"Area.objects.get(code='{cast.at.east_1.code}'), Category.objects.get(code='lamp')"
        for words, outcome, entries in (("漏水", "new", 1), ("漏水\n又漏", "changed", 2)):
            order = f"Coming(Order('12345', 'N{n}', None), {where}, {words!r})"
            act = f"actions.take_in({order}, by=user()).outcome.value"
            assert sorted(at_once(pair, ("", ""), (act, act))) == sorted([outcome, "known"])
            it = Request.objects.get(order_number=f"N{n}")
            assert len(story(it)) == entries
        assert [each.words for each in Message.objects.filter(request=it)] == ["又漏"]


def test_double_accept_has_one_winner(cast: Cast, pair):
    for _round in range(ROUNDS):
        it = cast.request(State.RECEIVED)
        read = f"it = get('{it.code}'); by = user()"
        told = at_once(pair, (read, read), ("actions.accept(it, by=by, seen=1).state",) * 2)

        assert sorted(told) == [STALE, "accepted"]
        assert verbs(it) == ["requests.accept"]
        assert_whole(it)
        assert it.state == State.ACCEPTED


def test_assign_against_assign_has_one_winner(cast: Cast, pair):
    for n in range(ROUNDS):
        it = cast.request(State.ACCEPTED if n % 2 else State.ASSIGNED)
        reads = [
            f"it = get('{it.code}'); by = user(); to = Team.objects.get(code='{code}')" for code in TEAMS
        ]
        told = at_once(pair, tuple(reads), ("actions.assign(it, to=to, by=by, seen=1).team.code",) * 2)

        winner = next(each for each in told if each != STALE)
        assert sorted(told) == sorted([STALE, winner])
        assert_whole(it)
        assert (it.state, it.team.code) == (State.ASSIGNED, winner)
        assert AuditEntry.objects.get(public_id=it.code).data["team"] == winner


TEAMS = ("T-own", "T-other")


def test_merge_against_close_ends_the_request_once(cast: Cast, pair):
    """Of one request: it is merged, or closed; not both."""
    for _round in range(ROUNDS):
        other, it = cast.request(State.ACCEPTED), cast.request(State.IN_PROGRESS)
        read = f"it = get('{it.code}'); by = user(); into = get('{other.code}')"
        acts = (
            "actions.merge(it, into=into, by=by, seen=1).state",
            "actions.close(actions.report(it, by=by, seen=1, note='修好'), by=by, seen=2).state",
        )
        told = at_once(pair, (read, read), acts)

        assert_whole(it)
        assert it.state in (State.MERGED, State.CLOSED)
        assert sum(each in (State.MERGED, State.CLOSED) for each in told) == 1
        assert it.state in told
        assert len([verb for verb in verbs(it) if verb in ("requests.merge", "requests.close")]) == 1
        assert (it.merged_into == other) == (it.state == State.MERGED)


def test_merge_into_what_is_closed_meanwhile(cast: Cast, pair):
    """Into a request that a colleague closes: merged before, or refused after; not into an ended one."""
    for _round in range(ROUNDS):
        into, it = cast.request(State.DONE), cast.request(State.ACCEPTED)
        reads = (
            f"it = get('{it.code}'); by = user(); into = get('{into.code}')",
            f"it = get('{into.code}'); by = user()",
        )
        told = at_once(
            pair,
            reads,
            ("actions.merge(it, into=into, by=by, seen=1).state", "actions.close(it, by=by, seen=1).state"),
        )

        assert_whole(it)
        assert_whole(into)
        assert told[1] == into.state == State.CLOSED
        assert (told[0], it.state) in ((State.MERGED, State.MERGED), ("Refused", State.ACCEPTED))
        if it.state == State.MERGED:
            entries = AuditEntry.objects.filter(public_id__in=[it.code, into.code]).order_by("id")
            assert [entry.verb for entry in entries] == ["requests.merge", "requests.close"]


def test_extend_against_extend_has_one_winner(cast: Cast, pair):
    for _round in range(ROUNDS):
        it = cast.request(State.IN_PROGRESS)
        reads = [
            f"it = get('{it.code}'); by = user(); until = timezone.now() + timedelta(days={days})"
            for days in (10, 20)
        ]
        act = "actions.extend(it, until=until, by=by, seen=1, note='等配件').due_at.isoformat()"
        told = at_once(pair, tuple(reads), (act, act))

        winner = next(each for each in told if each != STALE)
        assert told.count(STALE) == 1
        assert_whole(it)
        assert verbs(it) == ["requests.extend"]
        assert it.due_at.isoformat() == winner


def test_dispute_against_close_has_one_winner(cast: Cast, pair):
    """The resident says “not solved” while the desk closes it: the second is told, nothing is overwritten."""
    for _round in range(ROUNDS):
        it = cast.request(State.DONE)
        read = f"it = get('{it.code}'); by = user()"
        told = at_once(
            pair,
            (read, read),
            (
                "actions.dispute(it, by=Resident(), seen=1, note='还是不亮').state",
                "actions.close(it, by=by, seen=1, solved=True).state",
            ),
        )

        assert_whole(it)
        assert told in ([State.ASSIGNED, STALE], [STALE, State.CLOSED])
        assert len(verbs(it)) == 1
        assert (it.closed_at is not None, it.solved) == (
            (True, True) if it.state == State.CLOSED else (False, None)
        )


def test_answers_are_handed_back_by_one(cast: Cast, pair):
    for n in range(ROUNDS):
        it = cast.request(State.CLOSED, order_source="12345", order_number=f"N{n}")
        read = f"it = get('{it.code}'); by = user(); town = Area.objects.get(code='{cast.at.town.code}')"
        told = at_once(pair, (read, read), ("len(actions.hand_back([it], where=town, by=by))",) * 2)

        assert sorted(told) == ["0", "1"]
        assert verbs(it) == ["requests.order_answered"]
    assert AuditEntry.objects.filter(verb="requests.hand_back").count() == ROUNDS
