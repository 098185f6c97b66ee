"""Staff sign in, and are kept out where they should be."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, Windows, follow, sign_in

pytestmark = pytest.mark.browser

LOGIN = "/accounts/login/"


def is_signed_in(page: Page) -> bool:
    return page.locator("form[action='/accounts/logout/']").count() == 1


def complaint(page: Page) -> str:
    return page.locator(".errorlist").inner_text()


def test_wrong_then_right_password_then_out(visit: Windows, site: Site):
    page = visit("/console/", script=False)
    assert page.url.endswith(f"{LOGIN}?next=/console/")

    sign_in(page, "grid001", "wrong")
    assert complaint(page)
    assert not is_signed_in(page)

    sign_in(page, "grid001", site.passwords["grid001"])
    assert page.url.endswith("/console/")
    assert page.locator("tbody tr").count() == 1  # the posts of today
    assert "召庙社区第1网格" in page.locator("tbody").inner_text()

    page.locator(
        ".side-top .menu"
    ).click()  # on a phone the navigation opens by a button, also without script
    follow(page, "form[action='/accounts/logout/'] button")
    assert not is_signed_in(page)
    page.goto("/console/")
    assert LOGIN in page.url


def test_five_wrong_passwords_lock_even_for_the_right_one(visit: Windows, site: Site):
    page = visit(LOGIN, language="en")
    for _ in range(5):
        sign_in(page, "leader", "wrong")
    wrong = complaint(page)

    sign_in(page, "leader", site.passwords["leader"])

    assert not is_signed_in(page)
    assert "Too many failed" in complaint(page) != wrong
    page.goto("/console/")
    assert LOGIN in page.url


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/channel/_util/login/"])
def test_there_is_one_way_in(visit: Windows, path: str):
    page = visit(path)

    assert page.url.split("?")[0].endswith(LOGIN)


def test_admin_is_closed_without_the_right(visit: Windows):
    page = visit("about:blank", by="coord-town")

    answer = page.goto("/admin/")

    assert answer.status == 403
    assert page.locator("main h1").is_visible()
    assert page.locator("main p").first.inner_text()
    follow(page, "main a.button")
    assert page.url.endswith("/")
