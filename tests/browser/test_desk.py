"""A coordinator at the desk, in Chinese at 1,280 px: from the call to the verified end, and by keyboard."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.addresses import rows
from tests.browser.conftest import DESK, PHONE, Windows, follow
from tests.browser.test_every_page import violations, wider_than_the_window

pytestmark = pytest.mark.browser

NEXT_YEAR = timezone.localdate().year + 1
LIST = "/console/requests/"
GRID = next(row["code"] for row in rows("areas") if row["name"] == "召庙社区第1网格")


# Grids with nothing to accept in them, for tests that count the rows of a list.
EMPTY = [row["code"] for row in rows("areas") if re.fullmatch(r"召庙社区第[2-9]网格", row["name"])]


def filed(page: Page, words: str, grid: str = GRID) -> str:
    """The code of a request that is filed for somebody who calls, in the grid of grid001 or another."""
    page.goto(f"{LIST}new/")
    page.locator("[name=words]").fill(words)
    page.locator("[name=area]").select_option(grid)
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
    assert proposed.inner_text() == "水暖电维修小队"  # as the rule for lamps has it
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
    if script:  # axe is one
        assert violations(page) == []
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


def focused(page: Page) -> str:
    """The row that has the focus."""
    return page.evaluate("document.activeElement.closest('li')?.id") or ""


def test_rows_are_ticked_and_accepted_by_keyboard(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    codes = [filed(page, f"五号楼第{n}层的灯不亮", EMPTY[0]) for n in range(3)]
    page.goto(f"{LIST}?show=received&area={EMPTY[0]}")
    assert page.locator(".desk-list > li").count() == 3

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "2" in page.locator(".ticked").inner_text()
    assert wider_than_the_window(page) == 0
    ticked = page.locator("[name=pick]:checked").evaluate_all("boxes => boxes.map(each => each.value)")
    with page.expect_navigation():
        page.keyboard.press("c")

    assert page.locator(".outcomes > li[data-tone=good]").count() == 2
    assert violations(page) == []
    assert {each.split(":")[0] for each in ticked} < set(codes)
    page.goto(f"{LIST}?show=received&area={EMPTY[0]}")
    assert page.locator(".desk-list > li").count() == 1


def test_box_that_was_ticked_with_the_mouse_leaves_the_keys_alive(visit: Windows):
    page = visit(f"{LIST}?show=all", by="coord-town", width=DESK)
    page.locator("[name=pick]").first.check()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[name=pick]:checked").count() == 2
    page.locator("[name=pick]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("a")
    assert page.url.endswith("/many/")


def test_pages_are_turned_by_keyboard(visit: Windows):
    page = visit(f"{LIST}?show=all", by="coord-town", width=DESK)
    page.keyboard.press("?")
    assert page.locator("dialog#keys kbd", has_text="]").is_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("]")
    assert "after=" in page.url
    with page.expect_navigation():
        page.keyboard.press("[")
    assert "before=" in page.url


def test_row_with_the_focus_is_assigned_by_keyboard(visit: Windows):
    page = visit("/console/", by="coord-town", width=DESK)
    code = filed(page, "六号楼门口的灯不亮", EMPTY[1])
    page.goto(f"{LIST}{code}/")
    take(page, "accept")
    page.goto(f"{LIST}?show=accepted&area={EMPTY[1]}")

    page.keyboard.press("j")
    assert focused(page) == f"r-{code}"
    with page.expect_navigation():
        page.keyboard.press("a")
    assert violations(page) == []
    page.locator("[name=to]").select_option(index=1)
    follow(page, "main form.steps button.big")

    assert page.locator(".outcomes > li[data-tone=good]").count() == 1
    follow(page, ".outcomes a")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "extend-until"
    page.locator("main h1").click()
    for key, kind in (("n", "note"), ("w", "letter")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.form.action").endswith(f"/write/{kind}/")
        page.locator("main h1").click()


def test_keys_that_are_switched_off_do_nothing(visit: Windows):
    page = visit(f"{LIST}?show=open", by="coord-town", width=DESK)
    page.keyboard.press("?")
    page.locator("[data-keys-off]").click()
    page.keyboard.press("Escape")
    for key in "jxca":
        page.keyboard.press(key)
    assert page.locator("[name=pick]:checked").count() == 0
    assert focused(page) == ""


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_many_are_put_off_at_once(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=PHONE, script=script)
    grid = EMPTY[2 + script]
    for n in range(2):
        filed(page, f"七号楼第{n}层的灯不亮", grid)
    page.goto(f"{LIST}?show=received&area={grid}")
    if script:
        page.locator("[data-all]").check()
    else:
        for box in page.locator("[name=pick]").all():
            box.check()
    page.locator("#step").select_option("extend")
    follow(page, "#many .do button")
    assert wider_than_the_window(page) == 0
    page.locator("[name=until]").fill(f"{NEXT_YEAR}-05-06")
    follow(page, "main form.steps button.big")
    assert page.locator("[role=alert]").is_visible()
    assert page.locator("[name=until]").input_value() == f"{NEXT_YEAR}-05-06"
    if script:  # axe is one
        assert violations(page) == []
    page.locator("[name=note]").fill("要等配件")
    follow(page, "main form.steps button.big")
    assert page.locator(".outcomes > li[data-tone=good]").count() == 2


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_two_about_the_same_are_merged_side_by_side(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=DESK, script=script)
    first, second = filed(page, "八号楼后门的井盖响"), filed(page, "八号楼后门井盖一直响")
    page.goto(f"{LIST}{second}/")
    if script:
        with page.expect_navigation():
            page.keyboard.press("m")
    else:
        page.goto(f"{LIST}{second}/compare/")
    follow(page, f"a[href='?other={first}']")
    assert page.locator(".side-of-two").count() == 2
    follow(page, f"button[name=keep][value='{first}']")

    assert page.url.endswith(f"{LIST}{first}/")
    page.goto(f"{LIST}{second}/")
    assert page.locator(f"a[href='{LIST}{first}/']").count() >= 1


def test_second_window_that_assigns_anew_is_told(visit: Windows):
    """Assign against assign, and extend against extend."""
    page = visit("/console/", by="coord-town", width=DESK)
    code = filed(page, "九号楼前的灯不亮")
    page.goto(f"{LIST}{code}/")
    take(page, "accept")
    other = visit(f"{LIST}{code}/", by="coord-town", width=DESK)
    page.locator("#step-assign select").select_option(index=1)
    follow(page, "#step-assign button")
    other.locator("#step-assign select").select_option(index=2)
    follow(other, "#step-assign button")
    assert other.locator("#meanwhile[role=alert]").is_visible()
    assert violations(other) == []

    for window in (page, other):
        window.goto(f"{LIST}{code}/")
    take(page, "extend", until=f"{NEXT_YEAR}-05-06", note="要等配件")
    take(other, "extend", until=f"{NEXT_YEAR}-05-07", note="要等人手")
    assert other.locator("#meanwhile[role=alert]").is_visible()
    assert other.locator("#step-extend [name=until]").input_value() == f"{NEXT_YEAR}-05-07"
    assert other.locator("#step-extend [name=note]").input_value() == "要等人手"
    assert violations(other) == []
