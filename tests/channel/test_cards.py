"""Cards of other parts of the site stay true: what the public may not see is not there."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.channel.models import ArticlePage
from shiliu.core import links
from shiliu.requests import public_ids
from shiliu.requests.models import Category, State
from tests import factories
from tests.channel.conftest import said
from tests.factories import DAY

pytestmark = pytest.mark.once


@pytest.fixture
def column(places):
    return factories.column(places.town)


def article(column, *blocks: tuple[str, dict]) -> ArticlePage:
    raw = [{"type": kind, "value": value} for kind, value in blocks]
    return factories.article(column, f"a-{ArticlePage.objects.count()}", body=json.dumps(raw))


@pytest.fixture
def shown(client, column):
    def show(*blocks: tuple[str, dict]) -> str:
        return said(client.get(article(column, *blocks).url)).split("</h1>")[1].split("<footer")[0]

    return show


def solved(where, **values):
    kind = factories.category(is_public=True)
    given = {"state": State.CLOSED, "closed_at": factories.moment(), "solved": True} | values
    return factories.request(where, kind, **given)


def test_activity_shows_when_and_where(places, shown):
    activity = factories.activity(factories.venue(places.east, name="东家园"), code="ACT")
    page = shown(("activity", {"code": "ACT"}))
    assert activity.title in page
    assert "09:00–10:00 · 东家园" in page
    activity.delete()
    assert activity.title not in shown(("activity", {"code": "ACT"}))


def test_works_are_shown_once_they_are_finished(places, shown):
    project = factories.project(places.east, code="W", name="东巷改造")
    assert "东巷改造" not in shown(("works", {"code": "W"}))
    type(project).objects.filter(code="W").update(finished_on=DAY)
    page = shown(("works", {"code": "W"}))
    assert "东巷改造" in page
    assert str(DAY) in page
    type(project).objects.filter(code="W").update(finished_on=timezone.localdate() + timedelta(days=1))
    assert "东巷改造" not in shown(("works", {"code": "W"}))


def test_solved_request_shows_its_kind_and_neither_words_nor_receipt(places, shown):
    it = solved(places.east_1, code="RECEIPT1", words="三号楼漏水，我姓甲")
    page = shown(("solved", {"code": public_ids.public_id(it)}))
    assert str(it.category) in page
    assert public_ids.public_id(it) in page
    assert "RECEIPT1" not in page
    assert "漏水" not in page


@pytest.mark.parametrize(
    "values",
    [
        {"state": State.ACCEPTED, "closed_at": None, "solved": None},
        {"state": State.REFUSED},
        {"solved": False},
    ],
    ids=str,
)
def test_request_that_is_not_solved_is_not_shown(places, shown, values):
    it = solved(places.east_1, **values)
    assert "entry" not in shown(("solved", {"code": public_ids.public_id(it)}))


def test_request_of_a_kind_that_is_not_public_is_not_shown(places, shown):
    it = solved(places.east_1)
    Category.objects.update(is_public=False)
    assert "entry" not in shown(("solved", {"code": public_ids.public_id(it)}))


def test_receipt_code_opens_no_card(places, shown):
    it = solved(places.east_1, code="K7Q3MN84TD")
    assert "entry" not in shown(("solved", {"code": it.code}))


def test_category_card_leads_to_asking_for_it(places, shown):
    kind = factories.category(code="lamp")
    assert 'href="/ask/?category=lamp"' in shown(("category", {"code": "lamp"}))
    Category.objects.filter(pk=kind.pk).update(is_offered=False)
    assert "entry" not in shown(("category", {"code": "lamp"}))


def test_figure_is_that_of_the_moment(places, shown):
    card = ("figure", {"code": "works.sewer_laid", "period": "2023H1", "area": ""})
    assert ">0 " in shown(card)
    from decimal import Decimal

    from shiliu.works.models import Item

    item = factories.item(factories.project(places.east_1), Item.Kind.SEWER)
    factories.measurement(item, accepted=Decimal("90.05"), accepted_on=DAY)
    page = shown(card)
    assert "90.05" in page
    assert "/report/2023H1/works.sewer_laid/" in page


def test_figure_without_a_period_is_of_this_year_up_to_today(places, shown):
    today = timezone.localdate()
    for period in ("", "to-date"):
        page = shown(("figure", {"code": "works.sewer_laid", "period": period, "area": ""}))
        assert f"/report/{today.year}-01-01..{today}/works.sewer_laid/" in page


def test_small_count_of_persons_is_not_shown(places, shown):
    from shiliu.core.figures import FIGURES

    persons = next(key for key, figure in FIGURES.items() if figure.persons and key.startswith("aid"))
    programme = factories.programme(places.east_1)
    factories.paid(places.east_1, programme, on=DAY)
    page = shown(("figure", {"code": persons, "period": "2023H1", "area": ""}))
    assert "少" in page or "few" in page
    assert ">1 " not in page


@pytest.mark.parametrize(
    "code", ["works.sewer_laid/2023H9/", "works.sewer_laid/2023H1/9", "none/2023H1/", "", "//"]
)
def test_figure_that_makes_no_sense_is_nothing(places, code):
    assert links.presented([("figures.figure", code)]) == {}


def test_policy_card_is_harmless_as_long_as_there_are_no_guides(shown, monkeypatch):
    monkeypatch.delitem(links.KINDS, "learning.guide", raising=False)
    monkeypatch.delitem(links.PRESENTED, "learning.guide", raising=False)
    assert "entry" not in shown(("policy", {"code": "temporary-aid"}))


def test_policy_card_shows_what_the_kind_presents(shown, monkeypatch):
    def guides(ids):
        return [links.Card(each, "临时救助", "谁可以申请", "/guides/x/") for each in ids]

    monkeypatch.setitem(links.PRESENTED, "learning.guide", guides)
    page = shown(("policy", {"code": "temporary-aid"}))
    assert "临时救助" in page
    assert "/guides/x/" in page


@pytest.mark.parametrize("n", [1, 3])
def test_cards_cost_one_query_for_each_kind(places, client, column, n, django_assert_num_queries):
    venue = factories.venue(places.east)
    for number in range(n):
        factories.activity(venue, code=f"ACT{number}")
        factories.project(places.east, code=f"W{number}", finished_on=DAY)
    cards = [
        (kind, {"code": f"{prefix}{k}"})
        for k in range(n)
        for kind, prefix in (("activity", "ACT"), ("works", "W"))
    ]
    page = article(column, *cards)
    client.get(page.url)
    with django_assert_num_queries(19):
        assert said(client.get(page.url)).count("entry-label") == 2 * n


def test_missing_card_is_told_of_in_the_preview_only(desks, draft, client):
    raw = json.dumps([{"type": "activity", "value": {"code": "GONE"}}])
    draft.body = raw
    draft.live = True
    draft.save()
    draft.save_revision().publish()
    assert "这里有一张卡片" not in said(client.get(draft.url))
    shown = said(desks["writer"].client.get(f"/admin/pages/{draft.pk}/view_draft/"))
    assert "这里有一张卡片" in shown
