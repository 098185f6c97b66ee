"""“Where I am now”: the telephone's place chooses the area, on a site whose grids have boundaries."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, Windows, follow, served, shiliu, watched

pytestmark = pytest.mark.browser

GRID = "150203100005002"
KEPT, NOT_KEPT = "street-lamp", "heating"  # kinds whose exact place is the matter, or not
# An L: the third place lies in the box around it, and outside.
SHAPE = [
    [109.8, 40.6],
    [109.83, 40.6],
    [109.83, 40.61],
    [109.81, 40.61],
    [109.81, 40.63],
    [109.8, 40.63],
    [109.8, 40.6],
]
INSIDE, FAR_AWAY, IN_THE_BEND = (40.605, 109.825), (39.9, 116.4), (40.62, 109.82)


@pytest.fixture(scope="module")
def bounded(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of the sample, with an invented boundary of one grid."""
    folder = tmp_path_factory.mktemp("bounded")
    data = Path(shutil.copytree(loaded, folder / "site"))
    polygon = {"type": "Polygon", "coordinates": [SHAPE]}
    feature = {"type": "Feature", "properties": {"code": GRID}, "geometry": polygon}
    file = folder / "grids.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    shiliu(data, "import-boundaries", str(file), "--system=wgs84", "--source=测试")
    with served(data) as it:
        yield it


@pytest.fixture
def stand(browser: Browser, bounded: Site) -> Iterator[Callable[..., Page]]:
    """stand(place, category): the step “where”, on a telephone that is at (latitude, longitude)."""

    def nobody(name: str):
        raise AssertionError(f"{name} is not signed in here")

    with watched(browser, bounded, nobody) as visit:
        yield lambda place, category=NOT_KEPT, metres=20: _at(visit, place, category, metres)


def _at(visit: Windows, place: tuple[float, float], category: str, metres: int) -> Page:
    page = visit(f"/ask/?category={category}")
    latitude, longitude = place
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": metres})
    return page


BUTTON = "#by-position button"


def wait_until_said(page: Page, sentence: str) -> None:
    """Until the page says the sentence that stands in this attribute."""
    words = page.locator("#by-position").get_attribute(sentence)
    page.locator("#by-position [role=status]", has_text=words).wait_for()


def test_place_inside_a_boundary_chooses_the_grid_and_goes_no_further(stand):
    page = stand(INSIDE)
    follow(page, BUTTON)
    assert page.locator("#ask [name=area]").input_value() == GRID
    assert page.locator("#ask [name=lat]").count() == 0
    assert "109.8" not in page.content() + page.url
    page.locator("[name=words]").fill("屋里不热")
    page.locator("[name=contact_phone]").fill("13900000001")
    follow(page, "main form button.big")
    assert page.locator(f"dl.facts a[href$='{GRID}/']").count() == 1


def test_exact_place_is_sent_along_where_it_is_the_matter(stand):
    page = stand(INSIDE, KEPT)
    follow(page, BUTTON)
    assert page.locator("#ask [name=area]").input_value() == GRID
    sent = [page.locator(f"#ask [name={name}]").input_value() for name in ("lat", "long")]
    assert sent == ["40.605000", "109.825000"]
    assert "109.8" not in page.url


@pytest.mark.parametrize("place", [FAR_AWAY, IN_THE_BEND], ids=["far away", "in the bend"])
def test_place_outside_is_said_and_the_list_is_still_there(stand, place):
    page = stand(place)
    follow(page, BUTTON)
    assert page.locator("main .notice.warn[role=alert]").is_visible()
    page.locator("[name=area]").select_option(GRID)
    follow(page, "main form:has([name=area]) button.big")
    assert page.locator("[name=words]").is_visible()


def test_place_that_is_known_roughly_is_not_sent(stand):
    page = stand(INSIDE, metres=500)
    page.locator(BUTTON).click()
    wait_until_said(page, "data-rough")
    assert page.locator("[name=area]").is_visible()


def test_position_that_is_refused_is_said_and_can_be_asked_for_again(stand):
    page = stand(INSIDE)
    settings = page.context.new_cdp_session(page)
    profile = settings.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    refused = {
        "browserContextId": profile,
        "permission": {"name": "geolocation"},
        "setting": "denied",
        "origin": page.url.split("/ask/")[0],
    }
    settings.send("Browser.setPermission", refused)
    page.locator(BUTTON).click()
    wait_until_said(page, "data-none")
    assert page.locator(BUTTON).is_enabled()
    settings.send("Browser.setPermission", refused | {"setting": "granted"})
    follow(page, BUTTON)
    assert page.locator("#ask [name=area]").input_value() == GRID
