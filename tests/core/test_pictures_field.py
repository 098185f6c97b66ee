"""The field of a form that takes photos, where they are stored, and how they are given out."""

import io
from contextlib import closing

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from PIL import Image

from shiliu.core import pictures
from shiliu.core.forms import PicturesField
from shiliu.core.storage import PrivateStorage, private

pytestmark = pytest.mark.once


class Form(forms.Form):
    words = forms.CharField()
    photos = PicturesField(required=False, at_most=2)


def photo(name="a.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "grey").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def sent(*files, form=Form):
    return form({"words": "路灯不亮"}, MultiValueDict({"photos": list(files)}))


def test_field_reads_each_photo():
    form = sent(photo(), photo("b.png"))

    assert form.is_valid(), form.errors
    assert [picture.width for picture in form.cleaned_data["photos"]] == [30, 30]
    assert form.has_changed()


def test_field_without_photos_is_empty():
    form = sent()

    assert form.is_valid()
    assert form.cleaned_data["photos"] == []


def test_field_that_is_required_says_so():
    class Strict(forms.Form):
        photos = PicturesField()

    assert sent(form=Strict).errors["photos"] == ["Choose at least one photo."]


def test_field_names_each_refused_photo_and_keeps_the_words():
    form = sent(SimpleUploadedFile("甲.jpg", b"x"), SimpleUploadedFile("乙.jpg", b""))

    errors = form.errors["photos"]
    assert [name in error for name, error in zip("甲乙", errors, strict=True)] == [True, True]
    assert 'value="路灯不亮"' in str(form["words"])


def test_field_refuses_too_many():
    assert "At most 2 photos can be sent at once; these are 3" in sent(*[photo()] * 3).errors["photos"][0]


def test_widget_takes_several_and_asks_for_no_camera():
    html = str(Form()["photos"])

    assert 'type="file"' in html
    assert 'accept="image/*"' in html
    assert " multiple" in html
    assert "capture" not in html


def test_help_is_in_the_language_of_the_page():
    field = Form().fields["photos"]

    assert "At most 2 photos of up to 10 MB each" in str(field.help_text)
    with translation.override("zh-hans"):
        assert "10 MB" in str(field.help_text)


@pytest.fixture
def stored(tmp_path):
    storage = PrivateStorage(location=tmp_path / "private")
    name = storage.save("photos/1.jpg", ContentFile(pictures.read(photo()).content))
    return storage, name


def test_private_file_has_no_address(stored, settings):
    storage, name = stored

    with pytest.raises(ValueError, match="no address of its own"):
        storage.url(name)
    assert (settings.PRIVATE_ROOT / "x").is_relative_to(private().location)
    assert not settings.PRIVATE_ROOT.is_relative_to(settings.MEDIA_ROOT)
    assert not settings.PRIVATE_ROOT.is_relative_to(settings.STATIC_ROOT)


class File:
    """As a model's FileField has it."""

    def __init__(self, storage, name):
        self.storage, self.name = storage, name

    def open(self, mode):
        return self.storage.open(self.name, mode)


@pytest.mark.django_db  # the end of a response closes old connections
def test_answer_is_inert(stored):
    with closing(pictures.answer(File(*stored), "路灯 1.jpg")) as response:
        content = b"".join(response)

    assert content.startswith(b"\xff\xd8\xff")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert response["Cache-Control"] == "private, max-age=3600"


def test_answer_for_a_file_that_is_gone_is_not_found(stored):
    storage, name = stored
    storage.delete(name)

    with pytest.raises(Http404):
        pictures.answer(File(storage, name), "1.jpg")
