"""A grid worker on the round: files for somebody, takes what the desk gives, reports it done with a photo."""

import io
import subprocess
import sys
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.conftest import PHONE, Site, Windows, _environment, follow, sign_in
from tests.browser.test_every_page import NARROW, wider_than_the_window

pytestmark = pytest.mark.browser

THUMB = 48  # CSS pixels: the least that a finger in a glove needs
GRID_TEAM = "T-004001"
DESK = """
from shiliu.core.models import User
from shiliu.requests import actions
from shiliu.requests.models import Request
from shiliu.volunteers.models import Team
request, by = Request.objects.get(code="{code}"), User.objects.get(username="coord-town")
actions.accept(request, by=by, seen=1)
actions.assign(request, to=Team.objects.get(code="{team}"), by=by, seen=2)
"""


@pytest.fixture
def desk(site: Site) -> Callable[[str], None]:
    """desk(code): the coordinator accepts the request and gives it to the grid's team."""

    def assign(code: str) -> None:
        command = [
            sys.executable,
            "-m",
            "shiliu",
            "shell",
            "-v0",
            "-c",
            DESK.format(code=code, team=GRID_TEAM),
        ]
        subprocess.run(command, env=_environment(site.data), check=True, capture_output=True, timeout=60)

    return assign


def photo(name: str) -> dict:
    content = io.BytesIO()
    Image.effect_noise((1200, 900), 80).convert("RGB").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def look(page: Page) -> None:
    """What holds for every page in the hand."""
    assert wider_than_the_window(page) == 0, page.url
    targets = page.locator("main :is(button, a.button, summary, select, .opens, [type=file]), nav a")
    for target in targets.all():
        box = target.bounding_box()
        assert box is None or box["height"] >= THUMB, (page.url, target.inner_text())


def open_card(page: Page, part: str, words: str) -> None:
    follow(page, f"section[aria-labelledby='{part}'] .opens h3 a:text('{words}')")
    look(page)


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (PHONE, False), (NARROW, False)])
def test_from_filing_to_reported_done(visit: Windows, site: Site, desk, width: int, script: bool):
    words = f"测试：楼道灯不亮（{width}，{script}）"
    page = visit("/accounts/login/", width=width, script=script)
    sign_in(page, "grid001", site.passwords["grid001"])
    assert page.url.endswith("/field/")
    look(page)

    follow(page, "nav a[href='/field/ask/']")
    look(page)
    page.locator("[name=words]").fill(words)
    page.locator("[name=category]").select_option("facility")
    page.locator("[name=pictures]").set_input_files(photo("before.jpg"))
    follow(page, "main form button.big")
    look(page)
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    assert page.locator(".code").inner_text().replace("-", "") == code
    assert f"/r/{code}/" in page.locator(".address").inner_text()

    desk(code)
    page.goto("/field/")
    open_card(page, "new", words)
    assert page.locator(".photos img").count() == 1
    assert page.locator(".actions.sticky button").bounding_box()["y"] < 800  # under the thumb at once
    follow(page, ".actions.sticky button")
    assert page.locator("main .notice.good").is_visible()
    open_card(page, "in-hand", words)
    follow(page, ".actions.sticky a")
    look(page)
    follow(page, "main form button.big")  # nothing typed yet
    assert page.locator("main [role=alert]").is_visible()
    page.locator("[name=note]").fill("换了灯泡，亮了。")
    page.locator("[name=pictures]").set_input_files([photo("after-1.jpg"), photo("after-2.jpg")])
    follow(page, "main form button.big")

    assert page.url.endswith("/field/")
    assert page.locator("main .notice.good").is_visible()
    open_card(page, "reported", words)
    assert page.locator("#story ~ .photos img").count() == 2
    assert "换了灯泡，亮了。" in page.locator("main").inner_text()


def test_team_leader_sees_what_went_to_the_team_only(visit: Windows):
    rows = addresses.rows("requests")
    given = {row["code"]: row["state"] for row in rows if row["team"] == "T-repair"}
    waiting = {code for code, state in given.items() if state in ("assigned", "in_progress", "done")}
    of_others = {row["code"] for row in rows} - set(given)
    page = visit("/field/", by="team-repair")

    links = page.locator(".opens a").evaluate_all("all => all.map(each => each.getAttribute('href'))")

    # Other tests of this server give the team more, of their own.
    shown = {link.split("/")[3] for link in links}
    assert waiting <= shown
    assert not shown & of_others
    assert page.locator("nav a[href='/field/ask/']").count() == 0
    other = next(row["code"] for row in addresses.rows("requests") if row["team"] == "T-emergency")
    assert page.goto(f"/field/requests/{other}/").status == 404


def test_person_is_called_after_an_explicit_step(visit: Windows):
    code = next(
        row["code"] for row in addresses.rows("requests") if row["contact_phone"] and not row["closed_at"]
    )
    page = visit(f"/field/requests/{code}/", by="coord-town", script=False)
    assert page.locator("a[href^='tel:']").count() == 0

    follow(page, "form[action$='/contact/#reach'] button")

    look(page)
    assert page.locator("a[href^='tel:']").bounding_box()["height"] >= THUMB
