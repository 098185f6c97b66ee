"""The thread: a resident asks on a phone and sees it solved, and the half-year's figures move by one.

Resident and grid worker at 390 px, the coordinator at 1,280 px, all in Chinese, with and without scripts.
"""

import datetime
import io
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Windows, follow

pytestmark = pytest.mark.browser

GRID = "150203100004001"
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
PERIOD = f"{TODAY.year}H{1 if TODAY.month < 7 else 2}"
LAMP = "street-lamp"


def photo(name: str = "路灯.jpg") -> dict:
    """As a telephone takes it, with the place in it."""
    content, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 39.0, 0.0), 3: "E", 4: (109.0, 50.0, 0.0)})
    Image.effect_noise((1200, 900), 80).convert("RGB").save(content, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def figure(page: Page, key: str) -> Decimal:
    page.goto(f"/report/{PERIOD}/")
    return Decimal(page.locator(f"[data-figure='{key}']").first.inner_text().replace(",", ""))


def ask(page: Page, words: str) -> str:
    """The receipt code of what a resident asks for, with a photo."""
    page.goto(f"/ask/?area={GRID}&category={LAMP}")
    page.locator("[name=words]").fill(words)
    page.locator("[name=pictures]").set_input_files(photo())
    follow(page, "main form button.big")
    assert page.locator("main svg.qr").is_visible()
    code = page.locator(".code").first.inner_text().replace("-", "")
    assert f"/r/{code}/" in page.url
    return code


def desk_step(page: Page, code: str, step: str, *, to: str = "") -> None:
    page.goto(f"/console/requests/{code}/")
    form = page.locator(f"#step-{step}")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    if to:
        form.locator("select").select_option(label=to)
    follow(page, f"#step-{step} p.actions button")


def standing(page: Page, code: str) -> str:
    """What the resident reads that it is."""
    page.goto(f"/r/{code}/")
    return page.locator("dl.facts .status").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_resident_asks_and_the_town_answers(visit: Windows, script: bool):
    resident = visit("/", script=script)
    before = figure(resident, "requests.closed")
    received = figure(resident, "requests.received")

    follow_home(resident)
    code = ask(resident, f"三号楼前的路灯不亮（{script}）")
    assert standing(resident, code) == "已收到"

    coordinator = visit("/console/requests/?show=received", by="coord-town", width=DESK, script=script)
    assert coordinator.locator(f"#r-{code}").count() == 1
    desk_step(coordinator, code, "accept")
    assert standing(resident, code) == "已受理"
    desk_step(coordinator, code, "assign", to="召庙社区第1网格暖心队")
    assert "召庙社区第1网格暖心队" in resident.goto(f"/r/{code}/").text()

    worker = visit("/field/", by="grid001", script=script)
    follow(worker, f"main a[href='/field/requests/{code}/']")
    follow(worker, "form.actions button.big")  # begin
    worker.goto(f"/field/requests/{code}/report/")
    worker.locator("[name=note]").fill("换了灯泡，已经亮了")
    worker.locator("[name=pictures]").set_input_files(photo("修好了.jpg"))
    follow(worker, "main form button.big")

    desk_step(coordinator, code, "verify")
    desk_step(coordinator, code, "close")
    assert standing(resident, code) == "已办结"
    assert "换了灯泡，已经亮了" in resident.locator(".timeline").inner_text()
    assert resident.locator(".photos img").count() == 2
    assert figure(resident, "requests.closed") == before + 1
    assert figure(resident, "requests.received") == received + 1

    dispute(resident, code, "晚上又不亮了")
    assert standing(resident, code) == "已交办"
    assert figure(resident, "requests.closed") == before
    again(worker, coordinator, code)
    resident.goto(f"/r/{code}/")
    follow(resident, "button[value=confirm]")
    assert "您表示已解决" in resident.locator(".timeline").inner_text()
    assert figure(resident, "requests.closed") == before + 1


def follow_home(page: Page) -> None:
    """From the home page there is one step to the form."""
    page.goto("/")
    follow(page, "a.tile.way.first")
    assert page.url.endswith("/ask/")


def dispute(page: Page, code: str, note: str) -> None:
    page.goto(f"/r/{code}/")
    page.locator("details", has=page.locator("[name=note]")).locator("summary").click()
    page.locator("[name=note]").fill(note)
    follow(page, "button[value=dispute]")


def again(worker: Page, coordinator: Page, code: str) -> None:
    """Reported and closed once more, by the team that had it."""
    worker.goto(f"/field/requests/{code}/report/")
    worker.locator("[name=note]").fill("换了灯座")
    follow(worker, "main form button.big")
    desk_step(coordinator, code, "close")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_was_typed_survives_a_refused_photo(visit: Windows, script: bool):
    page = visit(f"/ask/?area={GRID}", script=script)
    follow(page, f"main form button[value='{LAMP}']")
    page.locator("[name=words]").fill("广场的单杠松了")
    page.locator("[name=contact_name]").fill("甲某")
    page.locator("[name=pictures]").set_input_files(
        {"name": "说明书.jpg", "mimeType": "image/jpeg", "buffer": b"PK\x03\x04 no picture"}
    )
    follow(page, "main form button.big")

    assert "说明书.jpg" in page.locator("#errors").inner_text()
    assert page.locator("[name=words]").input_value() == "广场的单杠松了"
    assert page.locator("[name=contact_name]").input_value() == "甲某"
    assert page.locator("[name=area]").input_value() == GRID


def test_resident_with_an_old_page_is_told(visit: Windows):
    resident = visit("/")
    code = ask(resident, "楼道堆了杂物")
    resident.goto(f"/r/{code}/")
    desk_step(visit("/console/", by="coord-town", width=DESK), code, "accept")

    resident.locator("details", has=resident.locator("button[value=withdraw]")).locator("summary").click()
    follow(resident, "button[value=withdraw]")

    assert resident.locator("[role=alert]").is_visible()
    assert standing(resident, code) == "已受理"
