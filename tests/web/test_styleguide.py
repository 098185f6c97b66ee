"""The styleguide, and what it shows about itself: contrast, and a patch for each colour."""

import pytest

from shiliu.web.views import styleguide
from shiliu.web.views.styleguide import PAIRS, colours, contrast

pytestmark = pytest.mark.once
LIGHT, DARK = colours()


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000", "#ffffff", 21), ("#777777", "#fff", 4.48), ("#a3182f", "#a3182f", 1)]
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
@pytest.mark.parametrize("mode", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
def test_text_is_readable_on_its_ground(mode, text, ground, least):
    assert contrast(mode[text], mode[ground]) >= least


def test_both_modes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()
    assert len(LIGHT) > 15


def test_each_colour_has_its_patch():
    sheet = (styleguide.TOKENS.parent / "styleguide.css").read_text("utf-8")
    assert [name for name in LIGHT if f".swatches .{name} i {{ color: var(--{name}); }}" not in sheet] == []


@pytest.mark.parametrize("shell", ["", "?shell=console", "?shell=field", "?shell=../../etc"])
def test_every_shell_shows_the_pieces(client, places, shell):
    page = client.get(f"/styleguide/{shell}", headers={"accept-language": "en"}).content.decode()
    for piece in ("desk-list", "timeline", "progress", "pager", "empty", "upload", "choices", "facts"):
        assert f'class="{piece}' in page or f" {piece}" in page


def test_production_has_no_styleguide(client, places, settings):
    settings.PRODUCTION = True
    assert client.get("/styleguide/").status_code == 404
