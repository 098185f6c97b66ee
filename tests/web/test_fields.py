"""How a form's field is written: each says what it wants and what is wrong, also to a screen reader."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

pytestmark = pytest.mark.once


class Sample(forms.Form):
    words = forms.CharField(label="Words", help_text="Two sentences.")
    way = forms.ChoiceField(
        label="Way", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="One."
    )
    photo = forms.FileField(label="Photo", required=False)
    agreed = forms.BooleanField(label="Agreed", help_text="Please.")
    seen = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def shown(form: forms.Form) -> str:
    return render_to_string("ui/form.html", {"form": form})


def test_field_names_its_hint(english):
    page = shown(Sample())
    assert 'id="id_words_helptext">Two sentences.' in page
    assert re.search(r'<input [^>]*name="words"[^>]*aria-describedby="id_words_helptext"', page)
    assert re.search(r'<fieldset class="field choices" aria-describedby="id_way_helptext">', page)
    assert re.search(r'<input [^>]*name="agreed"[^>]*aria-describedby="id_agreed_helptext"', page)
    assert 'role="alert"' not in page


def test_required_is_said_in_a_word(english):
    page = shown(Sample())
    assert page.count('<span class="need">required</span>') == 3
    assert re.search(r'<label for="id_photo">Photo</label>', page)


def test_errors_are_led_to_and_named_by_their_field(english):
    page = shown(Sample({"seen": "1"}))
    alert = re.search(r'<div class="notice stop errors" role="alert" tabindex="-1".*?</div>', page, re.S)[0]
    assert re.findall(r'href="#(\w+)"', alert) == ["id_words", "id_way_0", "id_agreed"]
    assert "Please fill this in." in alert
    for target in ("id_words", "id_way_0", "id_agreed"):
        assert f'id="{target}"' in page
    assert re.search(
        r'name="words"[^>]*aria-invalid="true"[^>]*aria-describedby="id_words_helptext id_words_error"', page
    )
    assert 'id="id_words_error"' in page
    assert 'aria-describedby="id_way_helptext id_way_error"' in page


def test_error_of_a_hidden_field_is_not_lost(english):
    assert "<li>Please fill this in.</li>" in shown(Sample({"words": "a", "way": "a", "agreed": "on"}))


def test_what_was_typed_is_kept_and_escaped(english):
    page = shown(Sample({"words": "<b>"}))
    assert 'value="&lt;b&gt;"' in page
    assert "<b>" not in page.replace("<b>Way</b>", "").replace("<b>Agreed</b>", "")


def test_label_and_the_word_required_can_be_left_to_the_page(english):
    context = {"field": Sample()["words"], "label": "Other", "bare": True}
    page = render_to_string("ui/field.html", context)
    assert '<label for="id_words">Other</label>' in page
