"""The registry of figures, what of their records is published, and whose small counts are not."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from shiliu.core import checks, figures
from shiliu.core.fields import EncryptedTextField
from shiliu.core.figures import Count, CountDistinct, Figure, Ratio, Stock, Sum, Value
from shiliu.venues.models import Venue


def figure(measure: Any, **values: Any) -> Figure:
    return Figure("test.figure", "", "", "", lambda over: Venue.objects.all(), Stock(), measure, "", **values)


def test_every_figure_is_of_a_known_kind_unit_and_part():
    from shiliu.figures.report import CHAPTERS, UNITS

    parts = {part for _chapter, parts in CHAPTERS for part, _title in parts}
    for key, it in figures.FIGURES.items():
        assert key == it.key
        assert it.part in parts | {"matrix", "morning"}
        assert it.unit in UNITS
        assert it.when.kind in {"stock", "to_date", "flow"}
        assert str(it.label)
        assert str(it.explain).endswith(".")


def test_key_is_registered_once():
    it = next(iter(figures.FIGURES.values()))
    with pytest.raises(ValueError, match="registered twice"):
        figures.register(it)


def test_figure_without_a_right_fails_the_check(monkeypatch):
    it = figure(Count())
    monkeypatch.setitem(figures.FIGURES, "test.figure", it)
    assert [e.msg for e in checks.registries()] == [
        "figure test.figure needs the right '' to open its records"
    ]


def test_published_fields_are_there_and_never_personal():
    for model, names in figures.PUBLIC_FIELDS.items():
        fields = [model._meta.get_field(name) for name in names]
        assert not [f.name for f in fields if isinstance(f, EncryptedTextField) or f.name.endswith("_digest")]


def test_published_fields_are_those_agreed():
    """Whoever publishes one more has to say so here too."""
    agreed = {
        "aid.payment": "programme amount paid_on",
        "channel.articlepage": "code title published_on",
        "channel.columnpage": "code title opened_on",
        "channel.delivery": "group state arrived_at",
        "channel.gridgroup": "code name area",
        "channel.groupsize": "area day members",
        "channel.reads": "article day source reads",
        "grid.area": "code name",
        "grid.post": "code title",
        "learning.guide": "code title source source_number source_date is_example",
        "learning.resource": "code title provider kind topic language valid_from",
        "plan.meeting": "code kind title held_on",
        "requests.request": "category state received_at closed_at",
        "venues.award": "code title level awarded_on",
        "venues.lecturer": "code area topics",
        "venues.talk": "code title held_on listeners",
        "venues.venue": "code name kind area address",
        "volunteers.membership": "team role",
        "volunteers.team": "code name strand area",
        "works.measurement": "code item accepted_on accepted",
        "works.project": "code name area started_on finished_on",
    }
    published = {m._meta.label_lower: " ".join(names) for m, names in figures.PUBLIC_FIELDS.items()}
    assert published == agreed


@dataclass
class Case:
    measure: Any
    value: Value
    hidden: bool


@pytest.mark.parametrize(
    "case",
    [
        Case(Count(), Value(0, 0), False),
        Case(Count(), Value(1, 1), True),
        Case(Count(), Value(4, 4), True),
        Case(Count(), Value(5, 5), False),
        Case(Sum("amount"), Value(Decimal(90), 4), True),
        Case(Sum("amount"), Value(Decimal(90), 5), False),
        Case(Ratio(Q()), Value(Decimal("50.0"), 9, 2, 4, 5), True),
        Case(Ratio(Q()), Value(Decimal("40.0"), 5, 2, 5, 0), False),
        Case(CountDistinct("volunteer"), Value(4, 9), True),
        Case(CountDistinct("volunteer"), Value(5, 9), False),
    ],
)
def test_fewer_than_five_persons_are_suppressed(case):
    persons, things = (figure(case.measure, persons=persons) for persons in (True, False))
    assert figures.suppressed(persons, case.value) == case.hidden
    assert not figures.suppressed(things, case.value)
