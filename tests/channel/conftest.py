"""The vendors of bots, on this machine."""

from collections.abc import Iterator

import pytest

from shiliu.core import bots
from tests.channel import vendors as servers


@pytest.fixture
def vendors(settings, monkeypatch) -> Iterator[servers.Vendors]:
    """All three, to which every bot is led."""
    monkeypatch.setattr(bots, "TIMEOUT", (1, 1))
    with servers.running() as running:
        settings.BOTS_URL = running.url
        yield running
