"""Compiled templates: escaped as the others are, without words of their own, and nothing left out."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template, engines
from jinja2 import UndefinedError

import shiliu

pytestmark = pytest.mark.once
FILES = sorted(Path(shiliu.__file__).parent.glob("*/jinja2/**/*.html"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_words_stand_in_python_where_translations_are_looked_for(path):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", path.read_text("utf-8"), flags=re.S)
    assert re.findall(r"\w+", text) == []


def test_what_is_given_is_escaped_and_its_result_is_not_escaped_again(monkeypatch):
    made = engines["jinja2"].from_string("<b>{{ words }}</b>")
    monkeypatch.setattr(engines["jinja2"], "get_template", lambda name: made)
    page = Template('{% compiled "any.html" words=words %}').render(Context({"words": "<script>"}))
    assert page == "<b>&lt;script&gt;</b>"


def test_name_that_nobody_gives_is_an_error():
    with pytest.raises(UndefinedError):
        engines["jinja2"].from_string("{{ nobody_gave_this }}").render({})
