"""A file between two steps: encrypted, for the one who brought it, for a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import held
from shiliu.core.storage import private
from shiliu.core.tasks import sweep
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    options = {"BACKEND": "shiliu.core.storage.PrivateStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": options}


def test_file_is_found_again_by_who_brought_it(tmp_path):
    owner, other = factories.person("owner"), factories.person("other")
    token = held.hold("甲某某".encode(), by=owner)

    assert held.held(token, by=owner) == "甲某某".encode()
    assert held.held(token, by=other) is None
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert "甲某某".encode() not in stored.read_bytes()
    held.drop(token, by=other)
    assert held.held(token, by=owner)
    held.drop(token, by=owner)
    assert held.held(token, by=owner) is None


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "../" * 10 + "ab", "é" * 32, "0" * 32, "0\0"])
def test_token_that_is_none_finds_nothing(token):
    assert held.held(token, by=factories.person("owner")) is None


def test_file_under_a_lost_key_is_gone(settings):
    owner = factories.person("owner")
    token = held.hold(b"x", by=owner)
    settings.FIELD_KEYS = ["K" * 43 + "="]
    assert held.held(token, by=owner) is None


def test_what_nobody_came_back_for_is_thrown_away():
    owner = factories.person("owner")
    assert held.sweep() == 0
    token = held.hold(b"x", by=owner)
    sweep.call()
    assert held.held(token, by=owner) == b"x"
    assert held.sweep(timezone.now() + timedelta(days=1, minutes=1)) == 1
    assert held.held(token, by=owner) is None
    assert private().listdir("held")[1] == []
