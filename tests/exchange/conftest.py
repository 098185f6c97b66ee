from collections.abc import Iterator

import pytest
from django.utils import translation

from tests import factories
from tests.factories import Places


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def at(db: None) -> Places:
    return factories.places()


@pytest.fixture
def lamp(at: Places) -> Places:
    """The places, and a category of requests under this code."""
    factories.category(code="lamp")
    return at


@pytest.fixture
def programme(at: Places) -> Places:
    """The places, and an aid programme under the code “temporary”."""
    factories.programme(at.town, code="temporary")
    return at
