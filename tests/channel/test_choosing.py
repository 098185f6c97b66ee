"""An editor chooses what a card shows: by words, among what the public may see, and sees how it stands."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.channel.blocks import Body
from shiliu.channel.models import ColumnPage
from shiliu.grid import choosing
from shiliu.requests import public_ids
from shiliu.requests.models import Category, State
from tests import factories
from tests.channel.conftest import Desk
from tests.factories import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(places):
    return Desk("writer", "editor", places.town)


@pytest.fixture
def listed(editor):
    """The public ids that an editor is offered."""

    def ask(kind: str, words: str = "") -> list[str]:
        response = editor.client.get(f"/admin/choose_records/{kind}/results/", {"q": words})
        assert response.status_code == 200
        return [card.public_id for card in response.context["results"]]

    return ask


def solved(where, **values):
    given = {"state": State.CLOSED, "closed_at": factories.moment(), "solved": True} | values
    return factories.request(where, values.get("category") or factories.category(is_public=True), **given)


def test_activities_are_found_by_title_and_place_and_told_when_they_are_over(places, listed, editor):
    venue = factories.venue(places.east, name="东家园")
    factories.activity(venue, code="A", title="剪纸", valid_from=DAY, valid_to=DAY)
    factories.activity(
        venue, code="B", title="太极晨练", valid_from=DAY - timedelta(days=3), valid_to=None, weekday=2
    )
    assert listed("venues.activity") == ["A", "B"]
    assert listed("venues.activity", "太极") == ["B"]
    assert listed("venues.activity", "东家园 剪纸") == ["A"]
    assert listed("venues.activity", "没有这个词") == []
    page = editor.client.get("/admin/choose_records/venues.activity/").json()["html"]
    assert f"over since {DAY}" in page


def test_what_lies_elsewhere_is_offered_to_nobody_here_and_found_by_its_code(places, listed):
    factories.activity(factories.venue(places.other_town), code="FAR")
    assert listed("venues.activity") == []
    assert listed("venues.activity", "FAR") == ["FAR"]


def test_works_are_offered_once_they_are_finished(places, listed):
    project = factories.project(places.east, code="W", name="东巷改造")
    assert listed("works.project") == listed("works.project", "W") == []
    type(project).objects.update(finished_on=DAY)
    assert listed("works.project", "东巷") == ["W"]


def test_solved_requests_are_offered_by_kind_and_place_and_never_by_words_or_receipt(places, listed):
    it = solved(places.east_1, words="三号楼漏水", code="K7Q3MN84TD")
    public = public_ids.public_id(it)
    assert listed("requests.request") == [public]
    assert listed("requests.request", it.category.name) == [public]
    assert listed("requests.request", it.area.name) == [public]
    assert listed("requests.request", "漏水") == listed("requests.request", it.code) == []
    assert listed("requests.request", f"https://town.example/ask/known/{public}/") == [public]


@pytest.mark.parametrize(
    "values", [{"state": State.ACCEPTED, "closed_at": None, "solved": None}, {"solved": False}], ids=str
)
def test_requests_that_are_not_solved_or_not_public_are_not_offered(places, listed, values):
    it = solved(places.east_1, **values)
    hidden = solved(places.east_1)
    Category.objects.filter(pk=hidden.category_id).update(is_public=False)
    for each in (it, hidden):
        assert listed("requests.request", public_ids.public_id(each)) == []


def test_categories_guides_and_areas(places, listed):
    factories.category(code="lamp", name="路灯不亮", keywords="灯杆")
    factories.category(code="gone", is_offered=False)
    assert listed("requests.category", "灯杆") == ["lamp"]
    assert listed("requests.category", "/ask/?category=lamp") == ["lamp"]
    assert listed("requests.category", "gone") == []
    factories.guide(places.town, code="G", title="高龄津贴")
    factories.guide(
        places.town, code="OLD", title="旧办法", valid_to=timezone.localdate() - timedelta(days=1)
    )
    assert listed("learning.guide") == ["G"]
    assert listed("learning.guide", "津贴") == ["G"]
    assert places.east.code in listed("grid.area", places.east.name)
    assert places.other_town.code not in listed("grid.area")


def test_periods_are_those_of_which_there_are_records(places, listed, editor):
    today = timezone.localdate()
    year = f"{today.year}"
    assert listed("figures.period")[:2] == ["to-date", year]
    assert {name[:4] for name in listed("figures.period")} == {"to-d", year}
    factories.request(
        places.east_1,
        factories.category(),
        received_at=factories.moment(today.replace(year=today.year - 2, day=1)),
    )
    assert listed("figures.period")[1].startswith(f"{today.year - 2}")  # nothing happened since
    factories.request(places.east_1, factories.category(), received_at=timezone.now())
    before = f"{today.year - 1}"
    halves_and_quarters = ("H2", "H1", "Q4", "Q3", "Q2", "Q1")
    assert listed("figures.period", before) == [before, *(before + part for part in halves_and_quarters)]
    assert len(listed("figures.period", f"{today.year - 2}")) == 7
    assert listed("figures.period", "year") == ["to-date", year, before, f"{today.year - 2}"]
    assert listed("figures.period", f"{before}half") == []
    assert listed("figures.period", f"firsthalfof{before}") == [f"{before}H1"]
    assert listed("figures.period", f"{before} half") == [before, f"{before}H2", f"{before}H1"]
    page = editor.client.get("/admin/choose_records/figures.period/results/", {"q": year}).content.decode()
    assert "not over yet" in page


@pytest.mark.parametrize("name", ["2023-05", "2023-01-01..2023-06-30", "2021H2"])
def test_any_other_period_is_found_by_its_name(places, listed, editor, name):
    assert listed("figures.period", name)[0] == name
    assert editor.client.get(f"/admin/choose_records/figures.period/{name}/").json()["result"]["id"] == name


@pytest.mark.parametrize("name", ["2023H9", "0000", "9999", "soon", "2023-06-30..2023-01-01"])
def test_what_is_no_period_is_not_found(places, listed, editor, name):
    assert listed("figures.period", name) == []
    assert editor.client.get(f"/admin/choose_records/figures.period/{name}/").status_code == 404


def test_figure_with_a_wrong_period_is_a_clear_form_and_a_page_without_it(desks, client):
    """As an import or an older version may have stored it."""
    card = {"type": "figure", "value": {"code": "works.sewer_laid", "period": "2023H9", "area": ""}}
    page = factories.article(ColumnPage.objects.get(), "a-1", body=json.dumps([card]))
    said = desks["writer"].client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "2023H9: the public sees nothing of it now" in said
    shown = client.get(page.url)
    assert shown.status_code == 200
    assert "2023H9" not in shown.content.decode()


def test_chosen_one_is_told_by_name_and_stored_by_its_public_id(places, editor):
    factories.activity(factories.venue(places.east, name="东家园"), code="A", title="剪纸")
    chosen = editor.client.get("/admin/choose_records/venues.activity/A/").json()
    assert chosen["step"] == "chosen"
    assert chosen["result"]["id"] == "A"
    assert chosen["result"]["title"].startswith("剪纸 · ")
    assert editor.client.get("/admin/choose_records/venues.activity/GONE/").status_code == 404
    for place in ("", "results/", "A/"):
        assert editor.client.get(f"/admin/choose_records/core.user/{place}").status_code == 404


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "'", "%", "\\", "\x00", "a" * 301, "[" * 99])
def test_hostile_words_find_nothing_and_break_nothing(places, editor, words):
    response = editor.client.get("/admin/choose_records/venues.activity/results/", {"q": words})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_form_shows_the_name_of_what_is_chosen_and_says_when_it_is_hidden(places):
    factories.activity(factories.venue(places.east, name="东家园"), code="A", title="剪纸")
    block = Body().child_blocks["activity"]
    assert block.get_form_state({"code": "A"})["code"]["title"].startswith("剪纸 · ")
    state = block.get_form_state({"code": "GONE"})["code"]
    assert state["id"] == "GONE"
    assert "GONE" in state["title"]
    assert block.get_form_state({"code": ""})["code"] is None


def test_no_more_than_fit_a_list_are_read(places, monkeypatch):
    monkeypatch.setattr(choosing, "MOST", 2)
    venue = factories.venue(places.east)
    for n in range(3):
        factories.activity(venue, code=f"A{n}")
    assert len(choosing.found("venues.activity", "", choosing.EVERYWHERE)) == 2


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_the_same_for_one_and_many(places, editor, n, django_assert_num_queries):
    venue, kind = factories.venue(places.east), factories.category(is_public=True)
    for number in range(n):
        factories.activity(venue, code=f"A{number}")
        solved(places.east_1, category=kind)
    for each in ("venues.activity", "requests.request"):
        address = f"/admin/choose_records/{each}/results/"
        editor.client.get(address)
        with django_assert_num_queries(9):
            assert len(editor.client.get(address).context["results"]) == n


def test_article_is_stored_with_what_was_chosen(places, desks, draft):
    factories.activity(factories.venue(places.east), code="A")
    sent = {"body-count": "1", "body-0-type": "activity", "body-0-value-code": "A"}
    sent |= {"body-0-order": "0", "body-0-deleted": "", "body-0-id": ""}
    response = desks["writer"].edit(draft, **sent)
    assert response.status_code == 302
    draft.refresh_from_db()
    body = json.loads(draft.latest_revision.content["body"])
    assert [(block["type"], block["value"]) for block in body] == [("activity", {"code": "A"})]
    refused = desks["writer"].edit(draft, **sent | {"body-0-value-code": "GONE"})
    assert "The public sees nothing of this code now" in refused.content.decode()
