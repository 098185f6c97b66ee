"""Everything can be done with the keyboard, and one sees where one is."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Site, Windows

pytestmark = pytest.mark.browser

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
        controls = page.locator("a[href], button, select, input:not([type=hidden]), [tabindex='0']").count()

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

    assert page.locator("form[action='/accounts/logout/']").is_visible()
