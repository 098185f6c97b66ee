"""The matrix in a browser: readable at three widths, titles in sight, cells that open, thresholds."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Windows, follow
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window

pytestmark = pytest.mark.browser

TABLE = "/console/matrix/?day=2023-06-30"
MAP = "/console/matrix/map/?day=2023-06-30&service=requests.by_teams"
BOX = "it => { const {x, y} = it.getBoundingClientRect(); return [Math.round(x), Math.round(y)]; }"


@pytest.mark.parametrize("width", [NARROW, PHONE, DESK])
def test_matrix_is_accessible_at_every_width(visit: Windows, width: int):
    page = visit("about:blank", by="leader", width=width)
    for path in (TABLE, f"{TABLE}&thin=on&service=requests.overdue", MAP):
        page.goto(path)
        assert wider_than_the_window(page) == 0, path
        assert violations(page) == [], path


@pytest.mark.parametrize("width", [NARROW, DESK])
def test_titles_and_grids_stay_in_sight(visit: Windows, width: int):
    page = visit(TABLE, by="leader", width=width)
    heads = page.locator(".matrix thead th")
    grid = page.locator(".matrix tbody tr:not(.section) th").first
    before = (heads.nth(1).evaluate(BOX)[1], grid.evaluate(BOX)[0])
    page.locator(".matrix-scroll").evaluate("it => it.scrollTo(300, 400)")
    assert page.locator(".matrix-scroll").evaluate("it => it.scrollTop") > 0
    assert (heads.nth(1).evaluate(BOX)[1], grid.evaluate(BOX)[0]) == before


def test_cell_opens_as_many_records_as_it_says(visit: Windows):
    page = visit(TABLE, by="leader", width=DESK)
    cell = page.locator(".matrix a[href*='/requests.open/']").filter(has_text="1").first
    said = cell.inner_text()
    with page.expect_navigation():
        cell.click()
    expect(page.locator("[data-figure='requests.open']")).to_have_text(said)
    assert page.locator(".records tbody tr").count() == int(said)


def grids(page: Page) -> set[str]:
    links = page.locator(".matrix tbody th[scope=row] a").all()
    return {str(link.get_attribute("href")) for link in links}


def test_pages_go_on_and_filters_are_kept(visit: Windows):
    page = visit(TABLE, by="leader", width=DESK)
    first = grids(page)
    page.locator("#service").select_option("volunteers.teams")
    follow(page, ".matrix-asked button")
    assert page.locator(".matrix thead th").count() == 2
    expect(page.locator("#day")).to_have_value("2023-06-30")
    follow(page, "a[rel=next]")
    assert page.locator(".matrix thead th").count() == 2
    assert not first & grids(page)


def test_leader_sets_a_threshold_and_sees_it(visit: Windows):
    page = visit("/console/matrix/thresholds/150203100/volunteers.teams/", by="leader", width=PHONE)
    page.locator("#id_number").fill("")
    follow(page, "main form[novalidate] p.actions button")
    assert page.locator("[role=alert]").is_visible()
    assert violations(page) == []
    page.locator("#id_number").fill("50")
    follow(page, "main form[novalidate] p.actions button")
    assert page.url.endswith("/thresholds/150203100/")
    page.goto(f"{TABLE}&service=volunteers.teams")
    marks = page.locator(".matrix td .status")
    assert marks.count() == page.locator(".matrix td").count() > 10
    page.goto(f"{MAP.partition('&service')[0]}&service=volunteers.teams")
    assert page.locator(".seedmap-clusters .thin").count() > 50
    page.goto("/console/matrix/thresholds/150203100/volunteers.teams/")
    assert violations(page) == []
    follow(page, "button[name=reset]")
    page.goto(f"{MAP.partition('&service')[0]}&service=volunteers.teams")
    assert page.locator(".seedmap-clusters .thin").count() < 50
