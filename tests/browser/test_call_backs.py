"""A coordinator calls back on a phone's width, with the keyboard alone and without script."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Windows, follow
from tests.browser.test_desk import LIST, filed, take
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window

pytestmark = pytest.mark.browser

CALLS = f"{LIST}call-backs/"


def to_be_called(page: Page, words: str) -> str:
    """The code of a request that was verified, so that its person is to be called back."""
    code = filed(page, words)
    page.goto(f"{LIST}{code}/")
    take(page, "accept")
    follow(page, "#step-assign button")
    take(page, "report", note="换了灯泡")
    take(page, "verify")
    return code


def focus(page: Page, name: str) -> None:
    """Press Tab until a field of this name has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_one_call_after_another(visit: Windows, script: bool):
    page = visit("/console/", by="coord-town", width=PHONE, script=script)
    words = [f"{place}的路灯不亮，{script}" for place in ("东门", "西门")]
    for each in words:
        to_be_called(page, each)

    page.goto(CALLS)
    page.locator(".desk-list a", has_text=words[0]).click()
    assert "13900000001" not in page.content()
    follow(page, "section form button")
    assert page.locator("#reach a[href='tel:13900000001']").is_visible()

    page.locator("[name=said][value=solved-satisfied]").check()
    follow(page, "main form button.big")
    assert words[1] in page.locator("main q").first.inner_text()  # the next one is open
    page.locator("[name=said][value=unsolved]").check()
    follow(page, "main form button.big")
    assert page.locator("[role=alert]").is_visible()  # what is not solved has to be said
    page.locator("[name=note]").fill("还是不亮")
    follow(page, "main form button.big")
    page.goto(CALLS)
    assert page.locator(".desk-list a", has_text=str(script)).count() == 0


def test_by_keyboard(visit: Windows):
    page = visit("/console/", by="coord-town", width=PHONE)
    code = to_be_called(page, "南门的路灯不亮")
    page.goto(CALLS)
    page.locator(".desk-list a", has_text="南门的路灯不亮").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    focus(page, "said")
    page.keyboard.press("Space")  # the first choice: solved, and satisfied
    page.keyboard.press("a")  # to the button
    with page.expect_navigation():
        page.keyboard.press("Enter")

    page.goto(f"{LIST}{code}/")
    assert page.locator("#step-reopen").count() == 1  # closed with the call
    assert page.locator("#step-close").count() == 0


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
def test_pages_are_accessible(visit: Windows, language: str, scheme: str):
    page = visit("/console/", by="coord-town", width=NARROW, language=language)
    page.emulate_media(color_scheme=scheme)
    to_be_called(page, "北门的路灯不亮")
    page.goto(CALLS)
    assert violations(page) == []
    assert wider_than_the_window(page) == 0
    page.locator(".desk-list a", has_text="北门的路灯不亮").first.click()
    for _form in ("as it comes", "refused"):
        assert violations(page) == []
        assert wider_than_the_window(page) == 0
        follow(page, "main form button.big")
    follow(page, "section form button")
    assert violations(page) == []
