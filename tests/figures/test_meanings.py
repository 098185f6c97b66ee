"""What a figure means is pinned: a report of last year and one of today mean the same by the same key."""

import json
from pathlib import Path

import pytest
from django.utils import translation

from shiliu.core.figures import FIGURES

pytestmark = pytest.mark.once
PINNED = Path(__file__).with_name("meanings.json")


def _meaning(figure) -> dict[str, str]:
    """What of a figure must not change under its key."""
    with translation.override("en"):
        return {
            "unit": figure.unit,
            "counts": str(figure.explain),
            "not": str(figure.without),
            "when": repr(figure.when),
            "measure": repr(figure.measure),
        }


def test_meaning_of_a_key_never_changes():
    """Where this fails on purpose: give the figure a new key, `since` and `instead_of`; or, if only the words
    became clearer or it is a new figure, put the lines that are shown into meanings.json.
    """
    now = {key: _meaning(figure) for key, figure in FIGURES.items()}
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    changed = {key: meaning for key, meaning in now.items() if pinned.get(key) != meaning}
    assert not changed, json.dumps(changed, ensure_ascii=False, indent=1)


def test_key_that_was_given_up_names_what_came_instead():
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    followed = {figure.instead_of for figure in FIGURES.values()}
    assert pinned.keys() - FIGURES.keys() <= followed


@pytest.mark.parametrize("key", FIGURES)
def test_figure_says_what_does_not_count(key):
    assert str(FIGURES[key].without).endswith(".")


def test_new_meaning_has_its_day():
    for figure in FIGURES.values():
        assert bool(figure.instead_of) <= bool(figure.since)
