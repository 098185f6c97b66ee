"""Mode, service to residents: what residents ask for, from asking to the verified end."""

from shiliu.requests.models.beside import (
    TAKEN_ON,
    CallBack,
    Escalation,
    Message,
    Notice,
    Part,
    PartQuerySet,
    Photo,
    Recording,
    SavedList,
)
from shiliu.requests.models.categories import (
    Category,
    CategoryMilestone,
    CategoryQuestion,
    Elsewhere,
    Kind,
    RoutingRule,
)
from shiliu.requests.models.querysets import RequestQuerySet
from shiliu.requests.models.request import Milestone, Request
from shiliu.requests.models.state import (
    ACTIVE,
    ENDED,
    OPEN,
    PERSONAL,
    STATE_TONES,
    UNSOLVED,
    WITH_LEAD,
    Level,
    State,
)

__all__ = [
    "ACTIVE",
    "ENDED",
    "OPEN",
    "PERSONAL",
    "STATE_TONES",
    "TAKEN_ON",
    "UNSOLVED",
    "WITH_LEAD",
    "CallBack",
    "Category",
    "CategoryMilestone",
    "CategoryQuestion",
    "Elsewhere",
    "Escalation",
    "Kind",
    "Level",
    "Message",
    "Milestone",
    "Notice",
    "Part",
    "PartQuerySet",
    "Photo",
    "Recording",
    "Request",
    "RequestQuerySet",
    "RoutingRule",
    "SavedList",
    "State",
]
