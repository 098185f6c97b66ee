"""Everything can be done with the keyboard, and one sees where one is."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Site, Windows

pytestmark = pytest.mark.browser

CONTROLS = "a[href]:not([tabindex='-1']), button, select, input:not([type=hidden]), [tabindex='0']"
FOCUSED = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    return {
        name: at.name || at.getAttribute('href') || at.tagName,
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= innerWidth + 1,
    };
}"""


def focus_order(page: Page) -> list[dict]:
    """What has the focus after each press of Tab, until it leaves the page or comes round."""
    met: list[dict] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["name"] == "BODY":
            break
        met.append(at)
    return met


def test_skip_link_leads_past_the_header(visit: Windows):
    page = visit("/report/2023H1/")
    skip = page.locator("a.skip")
    assert skip.bounding_box()["x"] < 0

    page.keyboard.press("Tab")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.url.endswith("#main")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_focus_is_seen_everywhere(visit: Windows, width: int):
    page = visit("about:blank", width=width)
    for path in ("/", "/report/2023H1/", "/report/2023H1/requests.received/"):
        page.goto(path)
        controls = page.locator(CONTROLS).filter(visible=True).count()

        met = focus_order(page)

        assert len(met) == controls, path
        assert [at for at in met if not (at["outlined"] and at["seen"])] == [], path


def test_sign_in_by_keyboard(visit: Windows, site: Site):
    page = visit("/accounts/login/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "login":
            break

    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(site.passwords["admin"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")

    page.locator(".side-top .menu").click()
    assert page.locator("form[action='/accounts/logout/']").is_visible()


OVERLAY = "dialog#keys"


def shortcuts(page: Page) -> list[str]:
    """The keys that the overlay lists, which is open."""
    return page.locator(f"{OVERLAY} dt:visible").evaluate_all(
        "all => all.map(each => Array.from(each.querySelectorAll('kbd'), key => key.innerText).join(' '))"
    )


def test_overlay_lists_the_shortcuts_of_the_page(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    page.keyboard.press("?")
    assert page.locator(OVERLAY).is_visible()
    assert {"g h", "g d", "g r", "j", "?"} < set(shortcuts(page))
    assert "g a" not in shortcuts(page)  # articles are not for coordinators
    page.keyboard.press("Escape")
    assert not page.locator(OVERLAY).is_visible()

    page.goto("/styleguide/?shell=console")
    page.keyboard.press("?")
    assert {"j", "k", "Enter"} < set(shortcuts(page))


def test_letters_lead_to_the_navigations_entries(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("r")
    assert "/report/" in page.url


def test_rows_are_walked_and_opened_by_keys(visit: Windows):
    page = visit("/styleguide/?shell=console", by="coord-town", width=DESK)
    rows = page.locator(".desk-list > li")
    at = "all => all.findIndex(row => row.contains(document.activeElement))"
    seen = []
    for key in ("j", "j", "j", "j", "k"):
        page.keyboard.press(key)
        seen.append(rows.evaluate_all(at))
    assert seen == [0, 1, 2, 2, 1]

    page.keyboard.press("Enter")
    assert page.url.endswith("#lists")


def test_shortcuts_stay_out_of_typing_and_of_the_browsers_own(visit: Windows):
    page = visit("/styleguide/?shell=console", by="coord-town", width=DESK)
    page.locator("[name=name]").focus()
    page.keyboard.type("?gr")
    assert page.locator("[name=name]").input_value() == "?gr"
    page.locator("main h1").click()
    for modifier in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{modifier}+j")

    assert not page.locator(OVERLAY).is_visible()
    assert page.locator(".desk-list > li:focus-within").count() == 0
    assert "/styleguide/" in page.url


def test_shortcuts_are_switched_off_and_on_again(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    opener, switch = page.locator("[data-does=open]"), page.locator("[data-keys-off]")
    for off in (True, False):
        opener.click()
        switch.click()
        assert switch.get_attribute("aria-pressed") == str(off).lower()
        page.reload()
        page.keyboard.press("?")
        assert page.locator(OVERLAY).is_visible() is not off


def test_console_needs_no_script(visit: Windows):
    page = visit("/console/", by="coord-town", script=False)
    assert page.locator("[data-does=open]").count() == 1
    page.locator(".side-top .menu").click()

    assert page.locator(".side nav a").first.is_visible()
    assert not page.locator("[data-does=open]").is_visible()
