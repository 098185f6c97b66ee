"""Roles: sets of named rights. A post gives its role inside its area (see `grid.models.Post`)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    label: Any
    rights: frozenset[str]


_SEE = frozenset({
    "grid.view", "plan.view", "venues.view", "channel.view", "volunteers.view", "requests.view",
    "works.view", "figures.view", "learning.view",
})  # fmt: skip
_HANDLE = frozenset({
    "requests.accept", "requests.refuse", "requests.assign", "requests.report", "requests.close",
    "requests.reopen", "requests.contact",
})  # fmt: skip
_REFERENCE = frozenset({"venues.view", "venues.edit", "learning.view", "learning.edit"})
_REVIEW = frozenset({"channel.view", "figures.view", "grid.view"})

ROLES = {
    "grid_worker": Role(
        _("grid worker"), _SEE | {"requests.ask", "requests.report", "requests.contact", "channel.post"}
    ),
    "coordinator": Role(
        _("coordinator"), _SEE | _HANDLE | {"requests.ask", "channel.groups", "channel.post"}
    ),
    # A team's leader sees the requests that went to the team, not all of an area's.
    "team_leader": Role(_("team leader"), frozenset({"volunteers.view", "requests.report"})),
    # Whoever handles what goes to an office or a company sees that, and nothing else.
    "unit_worker": Role(_("handler in a unit"), frozenset({"requests.report"})),
    "editor": Role(
        _("editor"),
        _REFERENCE
        | {"channel.view", "channel.edit", "channel.groups", "channel.post"}
        | {"figures.view", "figures.write", "grid.view"},
    ),
    # Three people see each article before it is published, and none of them wrote it.
    "first_reviewer": Role(_("first reviewer"), _REVIEW | {"channel.review_first"}),
    "second_reviewer": Role(_("second reviewer"), _REVIEW | {"channel.review_second"}),
    "final_reviewer": Role(_("final reviewer"), _REVIEW | {"channel.review_final"}),
    "aid_officer": Role(
        _("aid officer"), frozenset({"aid.view", "aid.propose", "grid.view", "figures.view"})
    ),
    "aid_approver": Role(
        _("aid approver"), frozenset({"aid.view", "aid.approve", "grid.view", "figures.view"})
    ),
    "finance": Role(
        _("finance"), frozenset({"aid.view", "aid.pay", "aid.reverse", "grid.view", "figures.view"})
    ),
    "works_manager": Role(
        _("works manager"),
        frozenset({"works.view", "works.measure", "works.accept", "grid.view", "figures.view"}),
    ),
    # Whoever leads a town answers for its report.
    "leader": Role(
        _("leader"),
        _SEE
        | {"aid.view", "plan.decide", "plan.complete", "audit.view"}
        | {"figures.write", "figures.sign", "figures.judge"},
    ),
    "administrator": Role(
        _("administrator"),
        _REFERENCE
        | {"requests.configure"}
        | {"grid.view", "grid.edit", "grid.appoint", "audit.view", "figures.view", "channel.view"}
        | {"api.manage", "figures.judge"},
    ),
}
ANSWERING = ("grid_worker", "coordinator")  # whom residents turn to
OUTSIDE = frozenset({"grid_worker", "team_leader", "unit_worker"})  # with a telephone, not at a desk
# Who works on requests: of a unit's posts, these ones have what went to the unit.
SERVING = tuple(key for key, role in ROLES.items() if "requests.report" in role.rights)
