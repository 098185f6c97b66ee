"""Somebody is invited, chooses a password, signs in and sees what the post gives; on a phone."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Windows, follow, sign_in

pytestmark = pytest.mark.browser

PASSWORD = "绯红-Granat-9031"  # noqa: S105 (opens nothing but tests)


def invite(page: Page, username: str) -> str:
    """Fill in the form for the first vacant post; the link that the next page shows."""
    page.locator("[name=name]").fill("甲某")
    page.locator("[name=username]").fill(username)
    page.locator("[name=post]").select_option(index=1)
    follow(page, "main form button")
    return page.locator("#link-text").input_value()


@pytest.mark.parametrize("script", [True, False])
def test_from_the_invitation_to_the_first_page(visit: Windows, script: bool):
    username = f"journey-{str(script).lower()}"
    admin = visit("/console/people/invite/", by="admin", width=PHONE, script=script)
    link = invite(admin, username)
    assert admin.locator("svg.qr").is_visible()
    post = admin.locator("tbody a").first.inner_text()
    assert post in admin.locator("section[aria-labelledby=rights]").inner_text()

    page = visit("/", width=PHONE, script=script)
    page.goto(link)
    assert link.split("/")[-2] not in page.url
    page.locator("[name=new_password1]").fill("1234567890")
    page.locator("[name=new_password2]").fill("1234567890")
    follow(page, "main form button")
    assert page.locator(".errorlist").first.inner_text()
    page.locator("[name=new_password1]").fill(PASSWORD)
    page.locator("[name=new_password2]").fill(PASSWORD)
    follow(page, "main form button")

    assert username in page.locator("[role=status]").inner_text()
    sign_in(page, username, PASSWORD)
    assert page.url.endswith(("/console/", "/field/"))  # by what the post is for
    page.goto("/console/")
    assert post in page.locator("main").inner_text()

    page.goto(link)
    assert page.locator("main a[href='/accounts/login/']").is_visible()  # void by now

    # The administrator finds out who may do something there, and switches the account off.
    admin.goto(f"/console/people/of/{username}/")
    assert admin.locator("#link-text").count() == 0
    follow(admin, f"form[action='/console/people/of/{username}/off/'] button")
    page.goto("/console/")
    assert "/accounts/login/" in page.url


def test_second_administrator_is_told(visit: Windows):
    """Two windows on the same vacant post; what was typed is still there, and can be sent again."""
    first, second = (visit("/console/posts/?show=vacant", by="admin", width=PHONE) for _window in range(2))
    address = first.locator(".desk-list > li > a").first.get_attribute("href")
    for page, who in ((first, "deputy"), (second, "leader")):
        page.goto(f"{address}give/")
        page.locator("[name=who]").fill(who)
    follow(first, "main form button")
    assert first.url.endswith(address)

    with second.expect_navigation():
        second.locator("main form button").click()

    assert second.locator("[role=alert]").is_visible()
    assert second.locator("[name=who]").input_value() == "leader"
    assert second.locator(".notice.warn").is_visible()
