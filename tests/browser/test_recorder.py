"""A voice note, recorded in the page from a microphone that hums: it arrives, and is heard at the desk."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Windows, follow
from tests.browser.test_asking import look

pytestmark = pytest.mark.browser

GRID = "150203100005003"  # what is told here is not offered in the grids of other tests
RECORD, STOP_AND_SHOW = ".recorder > button.quiet", ".recorder > audio"
# Plays to the end: how long it was, in seconds, and how loud at most.
HEAR = """async sound => {
  const context = new AudioContext(), meter = context.createAnalyser();
  context.createMediaElementSource(sound).connect(meter).connect(context.destination);
  let loudest = 0;
  const wave = new Float32Array(meter.fftSize);
  const look = setInterval(() => {
    meter.getFloatTimeDomainData(wave);
    loudest = wave.reduce((most, each) => Math.max(most, Math.abs(each)), loudest);
  }, 20);
  const ended = new Promise(resolve => sound.addEventListener("ended", resolve));
  await sound.play();
  await ended;
  clearInterval(look);
  return [sound.currentTime, loudest];
}"""


def record(page: Page, seconds: float = 2) -> None:
    """Press the button, wait, press it again."""
    page.context.grant_permissions(["microphone"])
    page.locator(RECORD).click()
    page.locator(".recorder [role=status]", has_text="1 /").wait_for()
    page.wait_for_timeout(seconds * 1000 - 1000)
    page.locator(RECORD).click()
    page.locator(STOP_AND_SHOW).wait_for()


def hears(page: Page, sounds: str) -> bool:
    """Whether there is one sound, as long as was recorded, and more than silence."""
    length, loudest = page.locator(sounds).evaluate(HEAR)
    return 1 < length < 10 and loudest > 0.01


def test_voice_notes_with_the_request_and_on_its_page_are_heard_at_the_desk(visit: Windows):
    page = visit(f"/ask/?category=facility&area={GRID}")
    record(page)
    assert hears(page, STOP_AND_SHOW)
    look(page)
    follow(page, "main form button.big")
    code = page.url.split("/r/")[1].split("/")[0]
    assert hears(page, ".recordings audio")

    page.goto(f"/r/{code}/")
    page.locator(".more-to-say summary").first.click()
    look(page)
    record(page)
    look(page)
    follow(page, "form[action$='/add/'] button:not([type=button])")
    assert hears(page, ".heard .recordings audio")
    look(page)

    desk = visit(f"/console/requests/{code}/", by="coord-town", width=DESK)
    assert hears(desk, ".one > .recordings audio")
    assert hears(desk, ".story .recordings audio")
    look(desk)


def test_recording_can_be_left_out_again(visit: Windows):
    page = visit(f"/ask/?category=facility&area={GRID}")
    record(page)
    page.locator(".recorder button.plain").click()
    assert page.locator(STOP_AND_SHOW).is_hidden()
    assert page.locator("[name=recording]").evaluate("field => field.files.length") == 0


def test_microphone_that_is_refused_leaves_the_file_and_the_words(visit: Windows):
    page = visit(f"/ask/?category=facility&area={GRID}")
    page.context.clear_permissions()
    page.locator(RECORD).click()
    refused = page.locator("[data-recorder]").get_attribute("data-refused")
    page.locator(".recorder [role=status]", has_text=refused).wait_for()
    assert page.locator("[name=recording]").is_enabled()
    page.locator("[name=words]").fill("护栏松了")
    follow(page, "main form button.big")
    assert "/r/" in page.url
