"""What each figure means: on a page of its own, beside the figure, and as the annex of a report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.figures import FIGURES, Figure
from shiliu.figures.report import CHAPTERS, unit_of
from shiliu.grid.roles import ROLES

KINDS = {
    "stock": pgettext_lazy("a figure", "what there is on the last day of the period"),
    "to_date": pgettext_lazy("a figure", "from the beginning to the last day of the period"),
    "flow": pgettext_lazy("a figure", "within the period"),
}
MEASURES = {
    "Count": pgettext_lazy("a figure", "number of records"),
    "CountDistinct": pgettext_lazy("a figure", "each counted once, however often it occurs"),
    "Sum": pgettext_lazy("a figure", "sum over the records"),
    "Ratio": pgettext_lazy("a figure", "per cent; what is left out stands beside it"),
    "Median": pgettext_lazy("a figure", "middle value: half of the records lie below, half above"),
}
# Beside the report's: what only other pages show.
OTHERS = [
    (_("The matrix"), [("matrix", _("Every grid against every service"))]),
    (_("The morning page"), [("morning", _("What has changed since the last working day"))]),
]
# Whose post answers for what an app records; the leader's for an app that is not named.
ANSWERS = {
    "grid": "administrator",
    "plan": "leader",
    "venues": "editor",
    "channel": "editor",
    "learning": "editor",
    "volunteers": "coordinator",
    "requests": "coordinator",
    "aid": "aid_officer",
    "works": "works_manager",
}


@dataclass(frozen=True)
class Definition:
    """One figure in words."""

    figure: Figure

    @property
    def unit(self) -> Any:
        return unit_of(self.figure)

    @property
    def moves(self) -> Any:
        """How it can change as time passes with the same records; "" where it cannot."""
        return self.figure.moves and _("It can change with time: %s") % self.figure.moves

    @property
    def meaning(self) -> str:
        """What counts, what does not, and how that changes with time."""
        said = str(self.figure.meaning)
        return f"{said}{'' if said.endswith('。') else ' '}{self.moves}" if self.moves else said

    @property
    def time(self) -> Any:
        return KINDS[self.figure.when.kind]

    @property
    def measure(self) -> Any:
        return MEASURES[type(self.figure.measure).__name__]

    @property
    def app(self) -> str:
        """The room whose records it counts."""
        return self.figure.key.partition(".")[0]

    @property
    def source(self) -> Any:
        """What that room is called."""
        known = apps.app_configs.get(self.app)
        return known.verbose_name if known else self.app

    @property
    def answers(self) -> Any:
        """The post that answers for it."""
        return ROLES[ANSWERS.get(self.app, "leader")].label


def chapters() -> Iterator[tuple[Any, list[tuple[Any, list[Definition]]]]]:
    """(chapter, [(part, definitions)]) in the order of the report, without parts that have no figure; then
    what only other pages show.
    """
    for chapter, parts in [*CHAPTERS, *OTHERS]:
        filled = [
            (title, [Definition(figure) for figure in FIGURES.values() if figure.part == part])
            for part, title in parts
        ]
        yield chapter, [(title, definitions) for title, definitions in filled if definitions]
