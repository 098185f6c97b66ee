"""A request of East's first grid, the team that leads it, the team's leader, and a desk to work at."""

from dataclasses import dataclass

import pytest

from shiliu.core.access import Resident
from shiliu.core.models import User
from shiliu.requests import actions
from shiliu.requests.models import Category, Request
from shiliu.volunteers.models import Team
from tests import factories
from tests.factories import Places, Staff


@dataclass(frozen=True)
class Cast:
    at: Places
    staff: Staff
    chief: User  # leads `team`, from a post in East
    other_chief: User  # leads `other`, from a post in West
    team: Team
    other: Team
    lamp: Category

    def request(self, state: str, **values: object) -> Request:
        """A request of East's first grid, in a state; led by `team` if the state has a lead."""
        return factories.request_in(state, self.at.east_1, self.lamp, self.team, **values)

    def everybody(self) -> dict[str, User]:
        return vars(self.staff) | {"chief": self.chief, "other_chief": self.other_chief}


@pytest.fixture
def cast(places: Places, staff: Staff) -> Cast:
    chief, other_chief = factories.person("chief"), factories.person("other_chief")
    return Cast(
        at=places,
        staff=staff,
        chief=chief,
        other_chief=other_chief,
        team=factories.led_team(places.east, chief, code="T-own", name="东队"),
        other=factories.led_team(places.west, other_chief, code="T-other", name="西队"),
        lamp=factories.category(code="lamp"),
    )


@pytest.fixture
def lamp(db):
    return factories.category(code="lamp")


@pytest.fixture
def grid_team(places):
    return factories.team(places.east_1, factories.strand(), code="T-EAST-1", name="东一格暖心队")


@pytest.fixture
def asked(places, lamp) -> Request:
    """As it comes in, with its entry in the audit."""
    return actions.ask(
        by=Resident(),
        category=lamp,
        area=places.east_1,
        words="三号楼前的路灯不亮",
        contact_name="甲某某",
        contact_phone="13900000001",
    )


@pytest.fixture
def desk(client, staff):
    """The coordinator of the east, signed in."""
    client.force_login(staff.coordinator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
