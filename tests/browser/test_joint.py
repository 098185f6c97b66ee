"""Joint handling: the desk asks the water company to join, whose handler reports the part on a telephone."""

import pytest

from tests.browser.addresses import OPEN_REQUEST
from tests.browser.conftest import DESK, PHONE, Windows, follow
from tests.browser.test_every_page import violations, wider_than_the_window

pytestmark = pytest.mark.browser

WORDS = "请先关掉总阀"
DONE = "总阀已经关好"


def test_unit_joins_and_reports_its_part(visit: Windows):
    desk = visit(f"/console/requests/{OPEN_REQUEST}/", by="coord-town", width=DESK)
    desk.locator("details", has=desk.locator("#step-join")).locator("summary").click()
    desk.locator("#step-join [name=doer]").select_option("unit:U07")
    desk.locator("#step-join [name=words]").fill(WORDS)
    follow(desk, "#step-join p.actions button")
    assert WORDS in desk.locator("section.joint").inner_text()
    assert violations(desk) == []

    phone = visit("/field/", by="unit-water", width=PHONE)
    assert violations(phone) == []
    follow(phone, "section[aria-labelledby=joining] .card a")
    assert WORDS in phone.locator(".words").first.inner_text()
    assert violations(phone) == []
    assert wider_than_the_window(phone) == 0
    phone.locator("form.card [name=note]").fill(DONE)
    follow(phone, "form.card button.big")
    assert phone.locator("section[aria-labelledby=joining]").count() == 0

    desk.reload()
    assert DONE in desk.locator("section.joint").inner_text()


def test_rule_is_tried_on_past_requests(visit: Windows):
    page = visit("/console/routing/?days=90", by="coord-town", width=PHONE)
    assert violations(page) == []
    assert wider_than_the_window(page) == 0
    rules = page.locator(".rules > li").count()
    page.locator("#try summary").click()
    page.locator("#try [name=words]").fill("路灯")
    page.locator("#try [name=to]").select_option("unit:U08")
    follow(page, "#try form button")
    assert page.locator(".rules > li.tried").count() == 1
    assert page.locator(".rules > li").count() == rules + 1
    assert violations(page) == []
