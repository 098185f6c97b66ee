"""The seed map in a browser: chosen in a form, large enough for a thumb, seen with the keyboard."""

from math import hypot

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Visitor, Windows

pytestmark = pytest.mark.browser

SEEDS = ".seedmap-clusters svg a"
MIDDLES = """seeds => seeds.map(seed => {
    const box = seed.querySelector('use').getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height];
})"""
TARGET = 24  # CSS pixels: WCAG 2.2, 2.5.8


def test_figure_and_period_are_chosen_in_a_form(resident: Visitor):
    page = resident("/map/")
    seeds = page.locator(SEEDS).count()
    assert seeds > 100
    page.locator("#figure").select_option("volunteers.people")
    page.locator("#period").select_option("2023H1")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert "figure=volunteers.people&period=2023H1" in page.url
    expect(page.locator("#figure")).to_have_value("volunteers.people")
    expect(page.locator(".seedmap figcaption b")).to_have_text("781")
    assert page.locator(SEEDS).count() == seeds


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_seeds_are_far_enough_apart_for_a_thumb(visit: Windows, width: int):
    page = visit("/map/", width=width)
    for cluster in page.locator(".seedmap-clusters li").all():
        middles = cluster.locator("svg a").evaluate_all(MIDDLES)
        assert all(min(wide, high) >= TARGET for _x, _y, wide, high in middles)
        apart = [
            hypot(one[0] - other[0], one[1] - other[1])
            for n, one in enumerate(middles)
            for other in middles[:n]
        ]
        assert min(apart) >= TARGET


def test_seed_that_has_the_keyboard_is_marked(visit: Windows):
    page = visit("/map/", width=DESK)
    outline = "seed => { const it = getComputedStyle(seed); return [it.stroke, it.strokeWidth]; }"
    seed, other = page.locator(SEEDS).nth(0), page.locator(SEEDS).nth(1)
    page.locator(".seedmap-jump").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "a"
    assert seed.evaluate(outline)[1] == "3px"
    assert other.evaluate(outline)[1] != "3px"
    address = seed.get_attribute("href")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(address)


def test_picture_can_be_passed_over(visit: Windows):
    page = visit("/map/", width=DESK)
    page.locator(".seedmap-jump").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.seedmap-tables') !== null")


def test_value_in_the_table_opens_its_records(resident: Visitor):
    page = resident("/map/?figure=requests.closed&period=2023H1")
    value = page.locator(".seedmap-tables tbody td a").first
    shown = value.text_content()
    with page.expect_navigation():
        value.click()
    expect(page.locator("[data-figure='requests.closed']")).to_have_text(shown)
