"""The town's coordinator with a hotline's file: looked at, taken in, answered, the answers as a file."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, REPOSITORY, Windows, follow
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window

pytestmark = pytest.mark.browser

PAGE = "/console/requests/orders/"
EXAMPLE = REPOSITORY / "sample" / "orders-example.csv"


def look_at(page: Page, content: bytes) -> None:
    page.goto(PAGE)
    file = {"name": "工单.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[name=file]").set_input_files(file)
    follow(page, "form[enctype] button")


def assert_good(page: Page) -> None:
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert wider_than_the_window(page) == 0
    assert violations(page) == []


def counts(page: Page) -> list[str]:
    return page.locator("main dl.facts dd").all_inner_texts()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_file_is_looked_at_taken_in_and_answered(visit: Windows, script: bool):
    page = visit(PAGE, by="coord-town", width=DESK if script else PHONE, script=script)
    batch = "带脚本" if script else "不带脚本"
    content = EXAMPLE.read_bytes().replace("示例".encode(), batch.encode())
    content += f"{batch}-坏,,,,,,,,,,\r\n".encode()

    look_at(page, content)
    assert counts(page) == ["5", "0", "0", "1"]
    if script:
        assert_good(page)
    follow(page, "main form button.big")
    assert counts(page) == ["5", "0", "0", "1"]
    if script:
        assert_good(page)
    look_at(page, content)
    assert counts(page) == ["0", "0", "5", "1"]

    look_at(page, content.replace("很吵".encode(), "很吵，又来催".encode()))
    assert counts(page) == ["0", "1", "4", "1"]
    page.locator(".desk-list a", has_text=f"{batch}20261120005").click()
    page.wait_for_url("**/console/requests/*/")
    form = page.locator("#step-refuse")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    form.locator("[name=note]").fill("请向城管部门反映")
    follow(page, "#step-refuse button")

    page.goto(PAGE)
    assert page.locator(".desk-list a", has_text=f"{batch}20261120005").is_visible()
    with page.expect_download() as download:
        page.locator("button[value=csv]").first.click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert f"{batch}20261120005" in text
    assert "请向城管部门反映" in text
    page.goto(PAGE)
    assert page.locator(".desk-list").count() == 0


def test_bad_file_comes_back_with_a_sentence(visit: Windows):
    page = visit(PAGE, by="coord-town")
    look_at(page, b"a,b\n1,2\n")
    assert page.locator("[role=alert]").is_visible()
    assert_good(page)
