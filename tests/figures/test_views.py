"""The report page, and the records that each figure opens: for whom, how much, how often asked."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from shiliu.channel.models import GridGroup, Reads
from shiliu.core import receipts
from shiliu.core.access import scope_of
from shiliu.core.areas import EVERYWHERE
from shiliu.core.fields import EncryptedTextField
from shiliu.core.figures import FIGURES, PUBLIC_FIELDS, Over
from shiliu.figures import rows
from shiliu.figures.report import over, reported
from shiliu.grid.roles import ROLES
from shiliu.requests.models import Category, Request
from tests import factories
from tests.factories import DAY
from tests.strategies import HALF_YEAR

SECRETS = ("甲某某", "乙某某", "丙某某", "丁某某", "13900000001", "13900000002")


@pytest.fixture
def busy(places):
    """The same in three grids: two of the town, one of the other."""
    for where in (places.east_1, places.west_1, places.far_1):
        factories.half_year(where)
        late = factories.moment(DAY + timedelta(days=20))
        factories.closed_request(where, Category.objects.first(), closed_at=late, satisfied=False)
    column = factories.column(places.east)
    told = factories.article(column, "a-1")
    factories.reads(told)
    group = GridGroup.objects.get(area=places.east_1)
    factories.reads(told, group=group, source=Reads.Source.GROUP, reads=3)
    factories.delivery(told, group, state="posted", arrived_at=late)
    return places


@pytest.fixture
def seer(busy):
    """Somebody who may open every figure in the whole town."""
    user = factories.person("seer")
    for role in ROLES:
        factories.tenure(user, role, busy.town)
    return user


def records_url(key: str, **query: str) -> str:
    return reverse("figures:records", args=["2023H1", key]) + "".join(f"?{k}={v}" for k, v in query.items())


def text(response) -> str:
    return html.unescape(response.content.decode())


def value_shown(response, key: str) -> str | None:
    found = re.search(rf'data-figure="{re.escape(key)}">([^<]*)<', text(response))
    return found[1] if found else None


def all_rows(figure, asked: Over, user) -> list[list]:
    """The rows of every page, one after another."""
    found, after = [], 0
    while True:
        page = rows.records(figure, asked, user, after=after)
        found += page.rows
        if page.after is None:
            return found
        assert page.after > after
        after = page.after


def test_staff_of_the_whole_area_see_exactly_what_is_counted(seer, busy, subtests):
    asked = over(HALF_YEAR, busy.town)
    for key, figure in FIGURES.items():
        with subtests.test(key):
            found = all_rows(figure, asked, seer)
            assert len(found) == figure.at(asked).records > 0
            assert rows.records(figure, asked, seer).complete


def test_public_sees_published_fields_and_nothing_else(client, busy, subtests):
    asked = over(HALF_YEAR, busy.town)
    for key, figure in FIGURES.items():
        with subtests.test(key):
            fields = rows.records(figure, asked, AnonymousUser()).fields
            published = PUBLIC_FIELDS.get(figure.rows(asked).model, ())
            assert [field.name for field in fields] == list(published)
            assert not any(isinstance(field, EncryptedTextField) for field in fields)

            shown = text(client.get(records_url(key)))
            assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.once
def test_nobody_sees_personal_fields_in_a_table(client, seer, busy, subtests):
    client.force_login(seer)
    for key in FIGURES:
        with subtests.test(key):
            response = client.get(records_url(key))
            assert not [secret for secret in SECRETS if secret in text(response)]
            assert value_shown(response, key)


def test_receipt_code_of_a_request_is_nowhere_in_public(client, busy):
    """Whoever has the code may read the words and answer: no page and no list of records tells it."""
    assert not {"code", "words", "merged_into"} & set(PUBLIC_FIELDS[Request])
    asked = over(HALF_YEAR, busy.town)
    of_requests = [key for key, figure in FIGURES.items() if figure.rows(asked).model is Request]
    assert len(of_requests) == 18
    codes = list(Request.objects.values_list("code", flat=True))
    codes += [receipts.shown(code) for code in codes]
    for url in [reverse("figures:report", args=["2023H1"]), *map(records_url, of_requests)]:
        shown = text(client.get(url))
        assert not [code for code in codes if code in shown], url


def test_words_of_a_request_are_for_staff_only(client, staff, busy):
    url = records_url("requests.received")
    assert "三号楼前的路灯不亮" not in text(client.get(url))
    client.force_login(staff.coordinator)
    assert "三号楼前的路灯不亮" in text(client.get(url))


def test_partial_scope_sees_the_same_value_but_only_its_rows_and_is_told(client, staff, seer, busy):
    figure, asked = FIGURES["venues.talks"], over(HALF_YEAR, busy.town)
    page = rows.records(figure, asked, staff.coordinator)
    assert (len(page.rows), page.complete, page.inside) == (1, False, True)

    client.force_login(staff.coordinator)
    mine = client.get(records_url("venues.talks"))
    assert value_shown(mine, "venues.talks") == "2"
    assert "lie outside your areas" in text(client.get(records_url("venues.talks"), headers=ENGLISH))
    own = client.get(records_url("venues.talks", area=busy.east.code), headers=ENGLISH)
    assert "lie outside your areas" not in text(own)


ENGLISH = {"accept-language": "en"}


def test_staff_from_elsewhere_see_what_the_public_sees(staff, busy):
    figure, asked = FIGURES["venues.talks"], over(HALF_YEAR, busy.town)
    public = rows.records(figure, asked, AnonymousUser())
    for stranger in (staff.far_coordinator, staff.nobody, staff.finance):
        assert rows.records(figure, asked, stranger) == public


def test_superuser_without_a_post_sees_what_the_public_sees(busy):
    root = factories.person("root", is_superuser=True)
    figure, asked = FIGURES["requests.received"], over(HALF_YEAR, busy.town)
    assert rows.records(figure, asked, root) == rows.records(figure, asked, AnonymousUser())


def test_requests_of_kinds_that_are_not_public_are_counted_but_not_listed(client, staff, busy):
    quiet = factories.category(name="家庭纠纷", is_public=False)
    factories.request(busy.east_1, quiet)

    shown = client.get(records_url("requests.received"), headers=ENGLISH)

    assert value_shown(shown, "requests.received") == "7"
    assert "家庭纠纷" not in text(shown)
    assert "that are not public are counted, but not listed" in text(shown)
    client.force_login(staff.coordinator)
    assert "家庭纠纷" in text(client.get(records_url("requests.received")))


# Small counts of persons ----------------------------------------------------------------------------------

PEOPLE = ["aid.paid", "aid.payments"]
SAID = [
    f"requests.{name}"
    for name in ("solved", "resolution_rate", "satisfaction_rate", "dissatisfied", "dissatisfied_rate")
]


@pytest.mark.once
@pytest.mark.parametrize("key", PEOPLE)
@pytest.mark.parametrize("who", [None, "nobody", "coordinator", "far_coordinator"])
def test_fewer_than_five_persons_are_not_shown(client, staff, busy, key, who):
    """Signing in alone opens nothing: only the figure's right does, and where one has it."""
    if who:
        client.force_login(getattr(staff, who))
    records = client.get(records_url(key), headers=ENGLISH)
    assert value_shown(records, key) is None
    assert "not shown in public" in text(records)
    assert "500" not in text(records).split("<main")[1]

    report = client.get(reverse("figures:report", args=["2023H1"]), headers=ENGLISH)
    assert value_shown(report, key) is None
    assert text(report).count('colspan="2">few: not shown') == len(PEOPLE) + len(SAID) * (
        who != "coordinator"
    )


@pytest.mark.parametrize("key", PEOPLE)
def test_who_has_the_right_sees_small_counts(client, staff, busy, key):
    client.force_login(staff.aid_officer)
    for url in (records_url(key), reverse("figures:report", args=["2023H1"])):
        assert value_shown(client.get(url), key) is not None


def test_five_persons_are_shown(client, busy):
    programme = factories.programme(busy.town)
    for _more in range(3):
        factories.paid(busy.east_1, programme, on=DAY)
    assert value_shown(client.get(records_url("aid.payments")), "aid.payments") == "5"


@pytest.mark.parametrize("key", SAID)
def test_what_residents_said_opens_no_records_in_public(client, staff, places, key):
    """That six were not satisfied may be known; which of the requests of a grid these are may not."""
    lamp = factories.category()
    for _each in range(6):
        closed = factories.moment()
        factories.closed_request(places.east_1, lamp, closed_at=closed, solved=False, satisfied=False)
    url = records_url(key, area=places.east_1.code)
    shown = client.get(url, headers=ENGLISH)
    assert value_shown(shown, key) is not None
    assert "<td" not in text(shown)
    assert "counted, but not listed" in text(shown)
    client.force_login(staff.coordinator)
    assert text(client.get(url)).count("<tr>") == 1 + 6


def test_people_of_two_teams_count_as_persons(client, places):
    """Four people with nine memberships are four people."""
    people = [factories.volunteer(places.east) for _n in range(4)]
    for _team in range(2):
        team = factories.team(places.east, factories.strand())
        for who in people:
            factories.membership(team, who)
    assert value_shown(client.get(records_url("volunteers.people")), "volunteers.people") is None


# Pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 49, 50, 51, 101])
@pytest.mark.parametrize("who", ["anonymous", "coordinator"])
def test_pages_together_are_complete_without_repetition(staff, places, n, who, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 10)
    n = n // 5
    for number in range(n):
        factories.venue(places.east_1, code=f"V{number:03}")
    user = AnonymousUser() if who == "anonymous" else staff.coordinator
    codes = [row[0] for row in all_rows(FIGURES["venues.red_pomegranate_homes"], over(HALF_YEAR, None), user)]
    assert codes == [f"V{number:03}" for number in range(n)]


def test_record_that_comes_meanwhile_repeats_none(places, monkeypatch):
    """Keyset: the next page goes on after the last one seen, wherever new rows go."""
    monkeypatch.setattr(rows, "PAGE", 2)
    for code in ("A", "B", "C"):
        factories.venue(places.east_1, code=code)
    figure, asked = FIGURES["venues.red_pomegranate_homes"], over(HALF_YEAR, None)
    first = rows.records(figure, asked, AnonymousUser())
    factories.venue(places.east_1, code="0")
    second = rows.records(figure, asked, AnonymousUser(), after=first.after)
    assert [row[0] for row in first.rows + second.rows] == ["A", "B", "C", "0"]


def test_next_page_is_linked_with_its_area(client, places, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 1)
    for code in ("V-1", "V-2"):
        factories.venue(places.east_1, code=code)
    shown = text(client.get(records_url("venues.red_pomegranate_homes", area=places.east.code)))
    link = re.search(r'rel="next" href="(\?area=990001100001&after=\d+)"', shown)[1]
    following = text(client.get(records_url("venues.red_pomegranate_homes") + link))
    assert ("V-1" in shown, "V-2" in shown, "V-1" in following, "V-2" in following) == (
        True,
        False,
        False,
        True,
    )
    assert 'rel="next"' not in following


# Addresses ------------------------------------------------------------------------------------------------


def test_latest_leads_to_the_last_half_year(client, busy):
    assert client.get("/report/").headers["Location"] == "/report/2022H2/"


@pytest.mark.parametrize(
    "path",
    ["2023H3/", "9999/", "0000/", "0001/", "２０２３/", "2023-02-30..2023-03-01/", "2023H1/no.figure/",
     "2023H1/?area=990009999", "2023H1/?area=abc",
     "2023H1/?area=" + "9" * 5000],
)  # fmt: skip
def test_what_there_is_not_is_404(client, places, path):
    assert client.get(f"/report/{path}").status_code == 404


@pytest.mark.parametrize("after", ["", "-1", "x", "%00", "9" * 18, "9" * 19, "9" * 5000, "٣"])
def test_page_that_makes_no_sense_is_no_error(client, busy, after):
    assert client.get(records_url("venues.talks", after=after)).status_code == 200


def test_area_of_the_address_narrows_value_and_rows(client, busy):
    east = client.get(records_url("venues.talks", area=busy.east.code))
    assert value_shown(east, "venues.talks") == "1"
    report = client.get(reverse("figures:report", args=["2023H1"]) + f"?area={busy.east.code}")
    assert value_shown(report, "venues.talks") == "1"
    assert f"{records_url('venues.talks')}?area={busy.east.code}" in text(report)


def test_report_and_records_show_the_same_value(client, seer, busy):
    client.force_login(seer)
    report = client.get(reverse("figures:report", args=["2023H1"]))
    for key in (figure.key for figure in reported()):
        assert value_shown(report, key) == value_shown(client.get(records_url(key)), key) != None  # noqa: E711


def test_empty_install_has_a_report(client, db):
    response = client.get(reverse("figures:report", args=["2023H1"]))
    assert response.status_code == 200
    assert value_shown(response, "requests.on_time") == "–"


# Cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_report_page_costs_the_same_whatever_there_is(client, places, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    with django_assert_num_queries(201):
        client.get(reverse("figures:report", args=["2023H1"]))


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("key", "public", "inside"),
    [("requests.received", 5, 9), ("volunteers.people", 5, 9), ("aid.paid", 4, 9)],
)
def test_records_page_costs_the_same_whatever_there_is(
    client, places, n, key, public, inside, django_assert_num_queries
):
    factories.half_year(places.east_1, n)
    user = factories.person("wang")
    for role in ("coordinator", "aid_officer"):
        factories.tenure(user, role, places.town)
    with django_assert_num_queries(public):
        client.get(records_url(key))
    client.force_login(user)
    with django_assert_num_queries(inside):
        client.get(records_url(key))


def test_staff_page_of_a_partial_scope_is_narrowed_in_the_database(staff, busy):
    figure = FIGURES["requests.received"]
    asked = over(HALF_YEAR, busy.town)
    assert scope_of(staff.coordinator, figure.right) & asked.area != asked.area
    sql = str(figure.rows(asked).filter(scope_of(staff.coordinator, figure.right).q()).query)
    assert '"village" = 990001100001' in sql
    assert figure.rows(Over(HALF_YEAR, EVERYWHERE)).count() == 9
