"""A QR code on a page says what it was made from."""

import re
from xml.etree import ElementTree

import pytest
import segno
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import qr

pytestmark = pytest.mark.once
ADDRESS = "https://shiliu.example.org/requests/7K3M-9QX2/?from=qr"


def modules(svg: str) -> tuple[list[list[int]], int]:
    """The drawing as rows of 0 and 1, as a scanner sees it, and its side."""
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own)
    side = int(root.get("viewBox", "").split()[2])
    ground, dark = root.findall("path")
    assert (ground.get("fill"), ground.get("d")) == ("#fff", f"M0 0h{side}v{side}H0z")
    assert dark.get("fill") == "currentColor"
    rows = [[0] * side for _row in range(side)]
    drawn = dark.get("d") or ""
    strokes = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawn)
    assert "".join(f"M{x} {y}h{w}v1h-{back}z" for x, y, w, back in strokes) == drawn
    for x, y, width, back in strokes:
        assert width == back
        for at in range(int(x), int(x) + int(width)):
            rows[int(y)][at] = 1
    return rows, side


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60))
def test_modules_are_those_of_the_code_with_a_quiet_zone(content):
    rows, side = modules(qr.svg(content, "label"))

    expected = segno.make_qr(content, error="m").matrix
    assert side == len(expected) + 8
    assert [row[4:-4] for row in rows[4:-4]] == [list(row) for row in expected]
    assert not any(map(any, rows[:4] + rows[-4:]))
    assert not any(any(row[:4] + row[-4:]) for row in rows)


def test_tag_is_inert_and_has_a_name():
    html = Template("{% qr address %}").render(Context({"address": f'{ADDRESS}"><script>'}))

    root = ElementTree.fromstring(html)  # noqa: S314 (our own)
    assert (root.get("class"), root.get("role")) == ("qr", "img")
    assert root.get("aria-label") == f'QR code: {ADDRESS}"><script>'
    assert root.get("color") == "#000"  # black also where the page's own ink is light
    assert "style" not in html
    assert "script>" not in html
    assert "xmlns" not in html


def test_tag_with_a_label_of_its_own():
    assert 'aria-label="To the request"' in Template('{% qr "x" "To the request" %}').render(Context())
