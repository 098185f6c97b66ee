"""What each figure means stands on one page, for every figure, in the words that stand beside it."""

import html

import pytest
from django.urls import reverse

from shiliu.core.figures import FIGURES
from shiliu.figures import definitions

pytestmark = pytest.mark.once


def test_every_figure_is_defined_once():
    shown = [it.figure.key for _chapter, parts in definitions.chapters() for _title, it in _each(parts)]
    assert sorted(shown) == sorted(FIGURES)


def _each(parts):
    return [(title, it) for title, defined in parts for it in defined]


@pytest.mark.parametrize("key", FIGURES)
def test_every_figure_has_all_its_words(key):
    it = definitions.Definition(FIGURES[key])
    for words in (it.figure.label, it.figure.explain, it.unit, it.time, it.measure, it.source, it.answers):
        assert str(words).strip()


def test_page_has_the_words_that_stand_beside_the_figure(client, db):
    page = html.unescape(client.get(reverse("figures:definitions")).content.decode())
    report = html.unescape(client.get("/report/2023H1/").content.decode())
    assert page.count('<div id="') == len(FIGURES)
    assert "记录来源：活动场所" in page
    for figure in FIGURES.values():
        assert str(figure.explain) in page
        assert figure.part in {"matrix", "morning"} or str(figure.explain) in report
