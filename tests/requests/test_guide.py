"""The guide's page about requests is what the table of states says."""

import pytest

from shiliu.requests.models import State
from shiliu.requests.states import LIFECYCLE
from tools import lifecycle

pytestmark = pytest.mark.once


def test_guide_has_the_table_as_it_is():
    text = lifecycle.PAGE.read_text("utf-8")
    assert lifecycle.HEADING in text
    assert text == lifecycle.page(text), "type: .venv/bin/python tools/lifecycle.py --write"


def test_every_state_and_every_step_is_told():
    told = lifecycle.markdown()
    for state in State:
        assert f"| {state.label} | `{state.value}` |" in told
    for verb in LIFECYCLE._by_verb:
        assert f"| `{verb}` |" in told


def test_diagram_has_an_arrow_for_each_way_from_state_to_state():
    arrows = {
        tuple(line.split(":")[0].strip().split(" --> "))
        for line in lifecycle.markdown().splitlines()
        if " --> " in line and "[*]" not in line
    }
    assert arrows == {
        (source.value, step.target.value)
        for step in LIFECYCLE.steps
        for source in step.sources
        if step.target not in (None, source)
    }
