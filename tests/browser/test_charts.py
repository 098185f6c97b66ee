"""Charts and the leader's morning page in a browser: opened, printed, read without a script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Visitor, Windows, follow

pytestmark = pytest.mark.browser

CHARTS = "/charts/?period=2023H1"


def test_bar_opens_the_records_that_it_counts(visit: Windows):
    """For staff; the public's page is lighter, and opens them from the table."""
    page = visit(CHARTS, by="coord-town", width=DESK)
    card = page.locator("section:has(> #requests\\.by_month)")
    bar = card.locator("svg").first.locator("a").nth(4)
    number = bar.locator("text").text_content()
    with page.expect_navigation():
        bar.click()
    assert "/report/2023-05/requests.received/" in page.url
    expect(page.locator("[data-figure]")).to_have_text(number)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_letters_of_the_pictures_can_be_read(visit: Windows, width: int):
    """None smaller than 9 pixels on a phone, and none outside of its picture or over another one."""
    page = visit(CHARTS, width=width)
    sizes = page.locator(".chart text").evaluate_all(
        """all => all.map(it => parseFloat(getComputedStyle(it).fontSize)
            * it.ownerSVGElement.getScreenCTM().a)"""
    )
    assert len(sizes) > 100
    assert min(sizes) >= 9
    crossing = page.locator(".chart svg").evaluate_all(
        """all => all.flatMap(svg => {
            const words = [...svg.querySelectorAll('text:not(.scale, .end, .start *)')];
            const boxes = words.map(it => it.getBoundingClientRect());
            const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 3 && b.top < a.bottom - 3;
            return boxes.filter((a, n) => boxes.some((b, m) => m > n && meet(a, b))).length;
        })"""
    )
    assert sum(crossing) == 0


def test_charts_say_themselves_and_keep_out_of_the_way_of_the_keyboard(visit: Windows):
    page = visit(CHARTS, script=False)
    for picture in page.locator(".chart svg").all():
        assert picture.get_attribute("role") == "group"
        for each in ("labelledby", "describedby"):
            name = picture.get_attribute(f"aria-{each}")
            assert page.locator(f"[id='{name}']").text_content()
    assert page.locator(".chart svg a:not([tabindex='-1'])").count() == 0
    assert page.locator(".chart-numbers td a").count() > 100


def test_picture_is_saved(resident: Visitor):
    page = resident(CHARTS)
    for form, begins in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as saved:
            page.locator(f"a[href*='aid.by_quarter/{form}/']").click()
        assert saved.value.suggested_filename == f"aid.by_quarter-150203100-2023H1.{form}"
        with open(saved.value.path(), "rb") as file:  # noqa: PTH123 (a path of the browser's)
            assert file.read(4) == begins[:4]


def test_leader_opens_the_morning_page_and_prints_one_sheet(visit: Windows):
    page = visit("/console/", by="leader", width=DESK)
    follow(page, ".buttons a[href='/console/morning/']")
    late = page.locator(".morning-strip a").nth(1)
    number = int(late.locator("b").inner_text())
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    follow(page, ".morning-strip li:nth-child(2) a")
    assert "show=late" in page.url
    assert page.locator(".desk-list > li").count() == min(number, 40) > 0
