"""Daily sums: whatever happened to records, by whatever door, they give what the records give."""

import threading
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.channel.models import Reads
from shiliu.core.doctor.records import daily_sums
from shiliu.core.figures import FIGURES, Flow, InHand, Over, Period, ToDate, daily
from shiliu.core.models import DailyFigure, DailyMark, DailySum
from shiliu.grid.scopes import within
from shiliu.requests.models import Request, State
from tests import factories
from tests.factories import CODES, DAY
from tests.strategies import FIRST, HALF_YEAR, LAST, amounts, days, moments, taken_back, with_database

pytestmark = pytest.mark.django_db
DAILY = {key: figure for key, figure in FIGURES.items() if figure.daily}
# Additive over days, and not kept as sums: why.
NOT_KEPT = {
    "channel.articles": "asks two tables",
    "channel.deliveries": "asked for grids, of which sums are not kept",
    "channel.published": "asks two tables",
    "grid.posts_left": "few records",
    "grid.posts_taken": "few records",
    "plan.decisions": "few records",
    "plan.meetings": "few records",
    "plan.study_sessions": "few records",
    "plan.tasks_done": "few records",
    "plan.tasks_left": "few records",
    "plan.tasks_on_time": "few records",
    "requests.became_overdue": "changes with the hour",
    "requests.by_teams": "asked for grids, of which sums are not kept",
    "requests.response_rate": "changes with the hour, and asks two tables",
    "venues.lecturer_awards": "few records",
    "venues.listeners": "few records",
    "venues.talks": "few records",
    "venues.talks_to_date": "few records",
    "works.accepted": "few records",
    "works.road_hardened": "asks two tables",
    "works.sewer_laid": "asks two tables",
    "works.street_paved": "asks two tables",
    "works.water_main_renewed": "asks two tables",
}


def agree(*overs: Over) -> None:
    for over, found in zip(overs, daily.values(DAILY.values(), overs), strict=True):
        assert found == {key: figure.at(over) for key, figure in DAILY.items()}


def test_each_figure_that_adds_up_over_days_has_sums_or_a_reason():
    adding = {
        key
        for key, figure in FIGURES.items()
        if isinstance(figure.when, Flow | ToDate | InHand) and figure.measure.additive
    }
    assert adding | {"requests.open"} == DAILY.keys() | NOT_KEPT.keys()
    assert not DAILY.keys() & NOT_KEPT.keys()


@pytest.mark.parametrize("key", DAILY)
def test_daily_figure_reads_its_own_table_whatever_is_asked_for(key):
    """A change in another table would mark nothing; what depends on the question is no sum."""
    figure, source = DAILY[key], daily.sources()
    statements = set()
    for over in (Over(HALF_YEAR), Over(Period(LAST, LAST + timedelta(days=9)))):
        query = figure.records(over).query
        used = {each.table_name for alias, each in query.alias_map.items() if query.alias_refcount[alias]}
        assert used <= {query.model._meta.db_table}
        assert not query.annotations
        statements.add(str(query))
    assert len(statements) == 1
    assert any(figure in each.figures() for each in source.values())


# Any sequence of changes ----------------------------------------------------------------------------------

GRIDS = ["east_1", "east_2", "west_1", "far_1", "town", "county"]
places_ = st.sampled_from(GRIDS)
which = st.integers(0, 5)
ENDS = [State.CLOSED, State.REFUSED, State.WITHDRAWN]
change = st.one_of(
    st.tuples(st.just("ask"), places_, moments),
    st.tuples(st.just("ask_many"), places_, st.lists(moments, min_size=2, max_size=4)),
    st.tuples(st.just("end"), which, moments, st.sampled_from(ENDS), st.sampled_from([None, True, False])),
    st.tuples(st.just("end_all"), moments),
    st.tuples(st.just("reopen"), which),
    st.tuples(st.just("move"), which, places_),
    st.tuples(st.just("receive_otherwise"), which, moments),
    st.tuples(st.just("remove"), which),
    st.tuples(st.just("read"), places_, days, st.integers(0, 9)),
    st.tuples(st.just("read_again"), which, st.integers(1, 9)),
    st.tuples(st.just("pay"), places_, days, amounts),
    st.tuples(st.just("settle")),
)
# Whole towns, a part of one, and what became of areas elsewhere.
scopes = st.sampled_from(
    [["town"], ["county"], ["other_town"], ["town", "far_1"], ["east", "far"], ["east_1"]]
)
asked = st.tuples(
    st.sampled_from([HALF_YEAR, Period(FIRST, FIRST + timedelta(days=45)), Period(LAST, LAST)]), scopes
)


class Town:
    """What happens to records, one change after the other. Some go past models and signals."""

    def __init__(self, places) -> None:
        self.places, self.category = places, factories.category()
        self.article = factories.article(factories.column(places.east), "a-1")
        self.programme = factories.programme(places.town)

    def _one(self, model, n):
        found = list(model.objects.order_by("pk"))
        return model.objects.filter(pk=found[n % len(found)].pk) if found else model.objects.none()

    def ask(self, where, at):
        factories.request(getattr(self.places, where), self.category, received_at=at)

    def ask_many(self, where, times):
        area = getattr(self.places, where)
        Request.objects.bulk_create(
            Request(area=area, category=self.category, words="路灯", received_at=at, due_at=at)
            for at in times
        )

    def end(self, n, at, state, said):
        self._one(Request, n).update(state=state, closed_at=at, done_at=at, solved=said, satisfied=said)

    def end_all(self, at):
        Request.objects.update(state=State.CLOSED, closed_at=at)

    def reopen(self, n):
        for each in self._one(Request, n):
            each.state, each.closed_at = State.ACCEPTED, None
            each.save()

    def move(self, n, where):
        self._one(Request, n).update(area=getattr(self.places, where))

    def receive_otherwise(self, n, at):
        with connection.cursor() as cursor:
            for each in self._one(Request, n):
                moment = connection.ops.adapt_datetimefield_value(at)
                cursor.execute(
                    "UPDATE requests_request SET received_at = %s WHERE id = %s", [moment, each.pk]
                )

    def remove(self, n):
        self._one(Request, n).delete()

    def read(self, where, day, n):
        given = {"source": "own", "group": None, "area": getattr(self.places, where)}
        Reads.objects.update_or_create(article=self.article, day=day, defaults=given | {"reads": n})

    def read_again(self, n, reads):
        self._one(Reads, n).update(reads=reads)

    def pay(self, where, day, amount):
        factories.paid(getattr(self.places, where), self.programme, on=day, amount=amount)

    def settle(self):
        daily.settle()


@pytest.fixture
def town(places):
    made = Town(places)
    daily.settle()
    return made


@settings(with_database, max_examples=15)
@given(st.lists(change, max_size=12), asked, asked)
def test_any_sequence_of_changes_leaves_the_values_of_the_records(town, changes, first, second):
    overs = [Over(period, within(CODES[name] for name in names)) for period, names in (first, second)]
    with taken_back():
        for name, *given_ in changes:
            getattr(town, name)(*given_)
        agree(*overs)
        daily.settle()
        assert not DailyMark.objects.exists()
        agree(*overs, Over(HALF_YEAR))


# That it is the sums which are told, and when not ---------------------------------------------------------


@pytest.fixture
def busy(town):
    """A request a day for five days, half of them closed, and reads; all settled."""
    for n in range(5):
        at = factories.moment(DAY + timedelta(days=n))
        factories.request(town.places.east_1, town.category, received_at=at)
        factories.closed_request(town.places.far_1, town.category, received_at=at, closed_at=at)
    town.read("east", DAY, 7)
    town.pay("west", DAY, 20)
    daily.settle()
    return town


WHOLE = Over(HALF_YEAR)


def value(key: str, over: Over = WHOLE):
    return daily.values([FIGURES[key]], [over])[0][key].value


def test_sums_are_told_while_nothing_marks_them(busy):
    """One is made wrong on purpose: past all triggers, for it is no record."""
    assert value("requests.received") == 10
    DailySum.objects.filter(figure="requests.received", day=DAY, town=CODES["town"]).update(n=5)
    assert value("requests.received") == 14
    factories.request(busy.places.west_1, busy.category)
    assert value("requests.received") == 11
    agree(WHOLE)


@pytest.mark.parametrize("periods", [1, 3])
def test_asking_takes_few_statements_however_many_periods(busy, periods, django_assert_num_queries):
    """What is known, and the marks of four columns; for each period its days, and all days until its end."""
    with django_assert_num_queries(1 + 4 + periods * 2):
        daily.values(DAILY.values(), [WHOLE] * periods)


@pytest.mark.parametrize("days_", [1, 3])
def test_settling_takes_the_same_statements_for_few_and_many_records(busy, days_, django_assert_num_queries):
    for n in range(days_):
        busy.ask_many("east_2", [factories.moment(DAY + timedelta(days=n))] * (3 * n + 1))
    lock = 5 if connection.vendor == "postgresql" else 0  # one for each transaction
    with django_assert_num_queries(30 + lock):
        assert daily.settle() == days_
    agree(WHOLE)


def test_another_definition_is_told_from_the_records_until_it_is_settled(busy):
    DailySum.objects.filter(figure="requests.received").update(n=99)
    DailyFigure.objects.filter(key="requests.received").update(digest="of an earlier one")
    agree(WHOLE)
    daily.settle()
    assert not list(daily.differences())
    agree(WHOLE)


def test_sums_of_a_figure_that_is_no_more_are_dropped(busy):
    DailyFigure.objects.create(key="requests.gone", digest="x")
    DailySum.objects.create(figure="requests.gone", town=CODES["town"], day=DAY, n=1)
    daily.settle()
    assert not DailySum.objects.filter(figure="requests.gone").exists()


def test_table_that_lost_a_trigger_is_not_trusted(busy):
    """As when a migration makes a table of SQLite anew."""
    drop = "DROP TRIGGER daily_requests_request_update"
    with connection.cursor() as cursor:
        cursor.execute(drop if connection.vendor == "sqlite" else f"{drop} ON requests_request")
    Request.objects.update(received_at=factories.moment(LAST + timedelta(days=9)))
    assert value("requests.received") == 10  # so it would stay
    daily.watch()
    assert value("requests.received") == 0
    daily.settle()
    agree(WHOLE)
    daily.watch()
    assert not DailyMark.objects.exists()


def test_too_many_changed_days_are_asked_of_the_records(busy, monkeypatch):
    for limit in ("MOST_TERMS", "MOST_MARKS"):
        monkeypatch.setattr(f"shiliu.core.figures.daily.asking.{limit}", 0)
        factories.request(busy.places.west_1, busy.category)
        agree(WHOLE)


def test_only_some_of_the_records_are_asked_of_the_records(busy):
    asked = Over(HALF_YEAR, only=Q(state=State.CLOSED))
    assert value("requests.received", asked) == FIGURES["requests.received"].at(asked).value == 5


@pytest.mark.parametrize("year", [1988, 2023])
def test_days_begin_at_midnight_in_town_also_in_the_years_of_summer_time(town, year):
    day = date(year, 6, 1)
    for hour, minute in ((0, 0), (0, 30), (7, 59), (8, 0), (23, 30), (23, 59)):
        factories.request(town.places.east_1, town.category, received_at=factories.moment(day, hour, minute))
    daily.settle()
    assert value("requests.received", Over(Period(day, day))) == 6
    assert value("requests.received", Over(Period(day + timedelta(days=1), day + timedelta(days=1)))) == 0
    assert not list(daily.differences())


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_sums_are_made_keeps_its_mark():
    """On SQLite one of the two waits; on PostgreSQL the request is there when the sums have been made."""
    if connection.vendor == "sqlite":
        pytest.skip("has one writer at a time")
    town = Town(factories.places())
    town.ask("east_1", factories.moment())
    written, settled = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            town.ask("east_1", factories.moment())
            written.set()
            settled.wait(20)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    daily.settle()
    assert value("requests.received") == 1
    settled.set()
    thread.join()
    assert value("requests.received") == 2
    assert daily.settle() == 1
    assert value("requests.received") == 2


# Doctor and command ---------------------------------------------------------------------------------------


def test_doctor_and_command_say_what_is_wrong_and_the_command_puts_it_right(busy, capsys):
    assert [each.level for each in daily_sums()] == ["ok"]
    call_command("sums", check=True)
    DailySum.objects.filter(figure="requests.closed", day=DAY).update(n=5)
    (found,) = daily_sums()
    assert (found.level, "requests.closed" in found.sentence) == ("problem", True)
    with pytest.raises(CommandError, match="shiliu sums --anew"):
        call_command("sums", check=True)
    call_command("sums", anew=True)
    call_command("sums", check=True)
    agree(WHOLE)
    assert f"requests.closed {CODES['other_town']} {DAY}" in capsys.readouterr().out


def test_doctor_has_nothing_to_compare_before_the_first_sums():
    assert [each.level for each in daily_sums()] == ["ok"]
