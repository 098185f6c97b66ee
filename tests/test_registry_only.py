"""The check that no view computes a number by itself, on modules that do and on the house."""

import subprocess
import sys

import pytest

from tools import check, registry_only

pytestmark = pytest.mark.once
PLANTED = """
from django.db import models
from django.db.models import Count, Sum as Total
from shiliu.venues.models import Venue

def page(request):
    {line}
"""


@pytest.fixture
def house(tmp_path):
    """house(line, path): a repository with one module, whose view has this line."""

    def plant(line: str, path: str = "shiliu/venues/views.py"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PLANTED.format(line=line) if file.suffix == ".py" else line, "utf-8")
        return tmp_path

    return plant


@pytest.mark.parametrize(
    "line",
    [
        "return Venue.objects.filter(kind='other').count()",
        "return Venue.objects.aggregate(n=models.Max('pk'))",
        "return Venue.objects.annotate(n=Count('talks'))",
        "return Venue.objects.values('kind').annotate(Total('listeners'))",
        "return Venue.objects.annotate(models.Count('pk'))",
        "return len(Venue.objects.all())",
        "return len(list(Venue.objects.within(scope)))",
        "return len(Venue.objects.all()[:100])",
        "rows = Venue.objects.exclude(kind=''); return len(rows)",
        "return sum(it.listeners for it in Venue.objects.all())",
        "return len([it for it in Venue.objects.all() if it.name])",
    ],
)
def test_offender_is_found(house, line):
    [fault] = {each.split(": ")[0] for each in registry_only.faults(house(line), {})}
    assert fault == "shiliu/venues/views.py:7"


@pytest.mark.parametrize(
    "line",
    [
        "return FIGURES['venues.open'].at(asked)",
        "page = list(Venue.objects.all()[:51]); return len(page) > 50",
        "return 'a-b-c'.count('-')",
        "return len(names)",
        "rows = Venue.objects.all(); rows = draw(rows); return len(rows)",
    ],
)
def test_what_counts_no_records_is_let_be(house, line):
    assert registry_only.faults(house(line), {}) == []


@pytest.mark.parametrize(
    ("path", "looked_at"),
    [
        ("shiliu/web/views/home.py", True),
        ("shiliu/console/navigation.py", True),
        ("shiliu/field/nearby.py", True),
        ("shiliu/api/endpoints.py", True),
        ("shiliu/requests/views/public.py", True),
        ("shiliu/courses/api.py", True),
        ("shiliu/figures/matrix/table.py", True),
        ("shiliu/venues/figures.py", False),
        ("shiliu/core/figures/measures.py", False),
        ("shiliu/requests/models/querysets.py", False),
        ("shiliu/web/generating/places.py", False),
        ("tests/figures/test_views.py", False),
    ],
)
def test_screens_and_shells_are_looked_at(house, path, looked_at):
    assert bool(registry_only.faults(house("return Venue.objects.count()", path), {})) == looked_at


@pytest.mark.parametrize("line", ["<b>{{ venues.count }}</b>", "{% if area.venues.count > 3 %}x{% endif %}"])
def test_template_that_counts_is_found(house, line):
    path = "shiliu/venues/templates/venues/list.html"
    assert len(registry_only.faults(house(line, path), {})) == 1
    assert registry_only.faults(house("{{ counted }} {% blocktranslate count n=n %}", path), {}) == []


def test_allowed_places_have_a_reason_and_are_needed(house):
    root = house("return Venue.objects.count()")
    assert registry_only.faults(root, {"shiliu/venues/views.py:page": "why"}) == []
    [fault] = registry_only.faults(
        root, {"shiliu/venues/views.py:page": "why", "shiliu/web/gone.py:x": "why"}
    )
    assert "no longer" in fault or "any more" in fault
    assert all(reason.strip() for reason in registry_only.ALLOWED.values())


def test_house_computes_no_number_by_itself():
    assert registry_only.faults() == []


def test_check_fails_for_an_offender(house, monkeypatch):
    """As `make check` runs it: by the exit status, with the sentence."""
    root = house("return Venue.objects.count()")
    monkeypatch.setattr(check, "REPOSITORY", root)
    (root / "tools").mkdir()
    (root / "tools/registry_only.py").write_bytes(
        (registry_only.REPOSITORY / "tools/registry_only.py").read_bytes()
    )
    result = check.CHECKS["numbers"]()
    assert not result.passed
    assert "page computes a number by itself: .count()" in result.said


def test_script_ends_well_on_the_house():
    done = subprocess.run(
        [sys.executable, "tools/registry_only.py"], cwd=registry_only.REPOSITORY, check=False
    )
    assert done.returncode == 0
