"""The desk: lists of requests, what is found in them, and what is done with many at once."""

from shiliu.requests.desk.bulk import ways as steps_for_many
from shiliu.requests.desk.choices import categories, day_of, places
from shiliu.requests.desk.lists import Listed, Place, Row, bounded, count, following, listed, place_of, row
from shiliu.requests.desk.shows import OWN, SHOWS, Show
from shiliu.requests.desk.wanted import Wanted, read
from shiliu.requests.desk.ways import Tab, Ways, require_list, ways

__all__ = [
    "OWN",
    "SHOWS",
    "Listed",
    "Place",
    "Row",
    "Show",
    "Tab",
    "Wanted",
    "Ways",
    "bounded",
    "categories",
    "count",
    "day_of",
    "following",
    "listed",
    "place_of",
    "places",
    "read",
    "require_list",
    "row",
    "steps_for_many",
    "ways",
]
