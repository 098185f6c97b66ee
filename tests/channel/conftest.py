"""Reads: nothing noted and no file of the day before a test, and nothing left behind."""

import shutil

import pytest


@pytest.fixture(autouse=True)
def _nobody_has_read():
    from shiliu.channel.counting import today
    from shiliu.channel.counting.seen import WAITING

    WAITING.clear()
    yield
    WAITING.clear()
    shutil.rmtree(today.folder(), ignore_errors=True)
