"""A coordinator at the desk, in Chinese at 1,280 px: from the call to the verified end, and by keyboard."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import rows
from tests.browser.conftest import DESK, Windows, follow

pytestmark = pytest.mark.browser

LIST = "/console/requests/"
GRID = next(row["code"] for row in rows("areas") if row["name"] == "召庙社区第1网格")


def filed(page: Page, words: str) -> str:
    """The code of a request that is filed for somebody who calls, in the grid of grid001."""
    page.goto(f"{LIST}new/")
    page.locator("[name=words]").fill(words)
    page.locator("[name=area]").select_option(GRID)
    page.locator("[name=category][value=street-lamp]").check()
    page.locator("[name=contact_phone]").fill("13900000001")
    follow(page, "main form button.big")
    if page.url.endswith("/new/"):  # without scripts, what the kind asks further comes back with the form
        assert page.locator("[name=q-pole]").is_visible()
        follow(page, "main form button.big")
    assert page.locator("main svg.qr").is_visible()
    return page.url.split("/")[-3]


def opened(page: Page, step: str) -> None:
    """The form of a step stands open, as a main one does from the beginning."""
    form = page.locator(f"#step-{step}")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()


def take(page: Page, step: str, **values: str) -> None:
    opened(page, step)
    for name, value in values.items():
        page.locator(f"#step-{step} [name={name}]").fill(value)
    follow(page, f"#step-{step} button")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_call_to_the_verified_end(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=DESK, script=script)
    code = filed(page, "一号楼门口的路灯不亮")
    page.goto(f"{LIST}{code}/")

    take(page, "accept")
    proposed = page.locator("#step-assign select option:checked")
    assert "召庙社区第1网格" in proposed.inner_text()
    follow(page, "#step-assign button")

    worker = visit(f"{LIST}{code}/", by="grid001", width=DESK, script=script)
    take(worker, "report", note="换了灯泡，已经亮了")
    assert worker.locator(".story", has_text="换了灯泡，已经亮了").is_visible()

    page.goto(f"{LIST}{code}/")
    page.locator("#step-close [name=solved][value=true]").check()
    follow(page, "#step-close button")
    assert page.locator("#step-reopen").count() == 1
    assert page.locator("#step-close").count() == 0
    assert page.locator(".story li").count() == 5  # asked, accepted, assigned, reported, closed


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_second_window_is_told_and_keeps_its_words(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=DESK, script=script)
    code = filed(page, "二号楼前的垃圾没人清")
    page.goto(f"{LIST}{code}/")
    take(visit(f"{LIST}{code}/", by="coord-town", width=DESK, script=script), "accept")

    take(page, "refuse", note="这条巷子归物业管，已经转告")

    assert page.locator("#meanwhile[role=alert] li").count() == 1
    assert page.locator("#step-refuse [name=note]").input_value() == "这条巷子归物业管，已经转告"
    assert page.locator("#step-accept").count() == 0
    take(page, "refuse")
    assert page.locator("#step-refuse").count() == 0
    assert page.locator(".story", has_text="这条巷子归物业管，已经转告").is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_accepted_from_the_list_one_stays_in_the_list(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=DESK, script=script)
    code = filed(page, "三号楼的健身器材松了")
    page.goto(f"{LIST}?show=received")
    row = page.locator(f"#r-{code}")
    button = row.locator("button")

    if script:
        button.click()
        row.locator(".said").wait_for()
        assert page.evaluate("document.activeElement.closest('li')?.id") == f"r-{code}"
    else:
        with page.expect_navigation():
            button.click()
    assert page.url.split("#")[0].endswith("?show=received")
    assert row.locator("button").count() == 0


def test_list_by_keyboard(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("d")
    codes = [
        each[2:] for each in page.locator(".desk-list > li").evaluate_all("rows => rows.map(row => row.id)")
    ]

    for key in "jjjk":
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert re.search(rf"{LIST}{codes[1]}/\?list=show%3Dopen$", page.url)
    assert page.locator(".beside .chosen").get_attribute("id") == f"r-{codes[1]}"
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.url.split("#")[0].endswith(f"{LIST}?show=open")
