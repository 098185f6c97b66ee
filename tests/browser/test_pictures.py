"""What `make pictures` walks through is there: the script is not to fail when somebody wants pictures."""

import pytest

from tests.browser.conftest import Windows
from tools import pictures

pytestmark = pytest.mark.browser


def test_residents_ask_as_the_pictures_want(visit: Windows):
    page = visit("/")
    for asked in pictures.ASKED[:2]:
        pictures.ask(page, *asked)
        assert page.locator("main svg.qr").is_visible()


@pytest.mark.parametrize("shot", pictures.SHOTS, ids=lambda shot: shot.name)
def test_page_of_a_picture_is_there(visit: Windows, shot: pictures.Shot):
    page = visit("about:blank", by=shot.by or None, width=shot.size[0])
    answers: list[int] = []
    page.on("response", lambda it: answers.append(it.status) if it.request.is_navigation_request() else None)
    pictures.come(page, shot)
    assert answers == [200]
    assert page.locator("main h1").is_visible()


def test_readmes_show_every_picture() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (pictures.REPOSITORY / readme).read_text("utf-8")
        shown = {f"docs/pictures/{shot.name}.png" for shot in pictures.SHOTS}
        assert {path for path in shown if f"]({path})" in text} == shown
        assert text.count("](docs/pictures/") == len(shown)
    assert {it.stem for it in pictures.PICTURES.glob("*.png")} == {shot.name for shot in pictures.SHOTS}
