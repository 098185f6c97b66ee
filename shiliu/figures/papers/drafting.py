"""The report's paragraphs: sentences in which figures stand, drafted from what was computed.

A sentence is a template whose names are figures: `{works.sewer_laid}`. What is drafted is a row of words and
lines, so that each kind of paper writes a figure in its own way: as a link, in bold, as text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures.report import Line

# By part of the report; `:n` is the number without its unit. A sentence without a value is left out.
SENTENCES: dict[str, tuple[Any, ...]] = {
    "main_line": (
        _(
            "{plan.meetings:n} meetings were held, {plan.study_sessions:n} of them to study, and "
            "{plan.decisions:n} decisions were taken."
        ),
        _("Of the tasks that were due, {plan.tasks_on_time} were done by their day."),
        _("The town works in {grid.grids:n} grids; {grid.posts_filled} of the posts are filled."),
    ),
    "offline": (
        _(
            "{venues.united_front_homes:n} united-front homes and {venues.red_pomegranate_homes:n} Red "
            "Pomegranate homes are open to residents."
        ),
        _(
            "{venues.lecturers:n} lecturers give talks: {venues.talks:n} in this period, with "
            "{venues.listeners:n} visits."
        ),
        _("Lecturers have won {venues.lecturer_awards:n} awards so far."),
    ),
    "online": (
        _(
            "The channel has {channel.columns:n} columns and {channel.articles:n} articles, which were read "
            "{channel.reads:n} times."
        ),
        _("It reaches {channel.grid_groups:n} grid groups with {channel.residents_reached:n} members."),
    ),
    "learning": (
        _("The library holds {learning.resources:n} resources and {learning.guides:n} policy guides."),
    ),
    "service": (
        _("{volunteers.people:n} people serve in {volunteers.teams:n} teams."),
        _(
            "{requests.received:n} requests came in, {requests.closed:n} were closed, and {requests.open:n} "
            "are still open."
        ),
        _("Of those closed, {requests.on_time} were done in time."),
        _("Half of all requests were answered within {requests.hours_to_contact}."),
    ),
    "rates": (
        _(
            "The response rate is {requests.response_rate}, the resolution rate {requests.resolution_rate}, "
            "the satisfaction rate {requests.satisfaction_rate}."
        ),
    ),
    "livelihood": (
        _("{aid.paid} went to residents in difficulty, in {aid.payments:n} payments."),
        _(
            "{works.sewer_laid} of sewer were laid, {works.street_paved} of streets and lanes paved, "
            "{works.road_hardened} of roads hardened, and {works.water_main_renewed} of water mains renewed."
        ),
    ),
}
NAME = re.compile(r"\{([a-z_]+\.[a-z_]+)(:n)?\}")


@dataclass(frozen=True)
class Told:
    """A figure inside a sentence, and how it is written there."""

    line: Line
    words: str


Draft = list[str | Told]


def written(line: Line) -> str:
    """A figure with its unit: “7,755.42 m”; in Chinese without a space, as documents have it."""
    value = shown(line.value.value)
    if line.value.value is None:
        return value
    if line.figure.unit == "%":
        return f"{value}%"
    return pgettext("a figure with its unit", "%(value)s %(unit)s") % {"value": value, "unit": line.unit}


def draft(part: str, lines: Mapping[str, Line], hidden: frozenset[str] = frozenset()) -> Draft:
    """The paragraph of a part, without sentences that hold a figure which this reader must not see."""
    drafted: Draft = []
    for sentence in SENTENCES.get(part, ()):
        pieces = list(_pieces(str(sentence), lines))
        told = [each.line for each in pieces if isinstance(each, Told)]
        if not any(line.figure.key in hidden or line.value.value is None for line in told):
            drafted += [*([" "] if drafted and _writes_spaces(pieces) else []), *pieces]
    return drafted


def _pieces(sentence: str, lines: Mapping[str, Line]) -> Iterator[str | Told]:
    at = 0
    for found in NAME.finditer(sentence):
        if at < found.start():
            yield sentence[at : found.start()]
        line = lines[found[1]]
        yield Told(line, shown(line.value.value) if found[2] else written(line))
        at = found.end()
    if at < len(sentence):
        yield sentence[at:]


def _writes_spaces(pieces: Sequence[str | Told]) -> bool:
    """Whether a space stands between sentences; not in Chinese, whose full stop has its own width."""
    return not (isinstance(pieces[-1], str) and pieces[-1].endswith("。"))


def text(drafted: Draft) -> str:
    """The paragraph as plain text."""
    return "".join(each if isinstance(each, str) else each.words for each in drafted)
