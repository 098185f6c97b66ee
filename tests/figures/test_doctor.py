"""`shiliu doctor` says whether reports and charts can be made as files, and what was signed is intact."""

import pytest

from shiliu.figures import doctor
from shiliu.figures.models import SignedContent
from tests import factories

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("library", "font", "told"),
    [
        (None, True, ("warning", "Pango is missing")),
        ("libpango.so", False, ("warning", "lacks a Chinese font")),
        ("libpango.so", True, ("ok", "can be made as PDF")),
    ],
)
def test_what_is_missing_is_named(monkeypatch, library, font, told):
    monkeypatch.setattr(doctor, "find_library", lambda name: library)
    monkeypatch.setattr(doctor, "_has_chinese_font", lambda: font)
    [finding] = doctor.paper()
    assert (str(finding.level), told[1] in finding.sentence) == (told[0], True)


def told() -> list[tuple[str, str]]:
    return [(str(finding.level), finding.sentence) for finding in doctor.signatures()]


def test_signed_reports_are_checked(places, staff):
    assert told() == [("ok", "The key that signs reports is there; none was signed yet.")]
    factories.signed_report(places.town, staff.leader, code="S-1")
    factories.signed_report(places.town, staff.leader, code="S-2")
    assert told() == [("ok", "2 signed reports are as they were signed.")]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('"records":0', '"records":7', "S-1 is not as it was signed"),
        ('{"format"', '{"formed"', "S-1 cannot be read any more"),
        ("岗", "所", "S-1 is not as it was signed"),
    ],
)
def test_signed_report_that_was_changed_is_a_problem(places, staff, monkeypatch, before, after, sentence):
    it = factories.signed_report(places.town, staff.leader, code="S-1")
    changed = it.content.document.replace(before, after, 1)
    changed = SignedContent(report=it, document=changed)
    monkeypatch.setattr(SignedContent, "objects", _Only([changed]))
    [(level, said)] = told()
    assert (level, sentence in said) == ("problem", True)


class _Only:
    """What the database would give if somebody had changed it past its triggers."""

    def __init__(self, rows: list[SignedContent]) -> None:
        self.rows = rows

    def __getattr__(self, name: str) -> object:
        return lambda *args, **how: iter(self.rows) if name == "iterator" else self


def test_report_of_another_key_is_a_problem(places, staff, settings):
    settings.REPORT_KEYS = ["11" * 32]
    factories.signed_report(places.town, staff.leader, code="S-1")
    [(level, said)] = told()
    assert (level, "key that is not this install's" in said) == ("problem", True)


def test_missing_key_is_a_warning(db, settings, tmp_path):
    settings.REPORT_KEYS, settings.DATA = [], tmp_path
    [(level, said)] = told()
    assert (level, "`shiliu keys make` makes one" in said) == ("warning", True)


@pytest.mark.parametrize(
    ("package", "font", "told"),
    [
        (None, True, ("warning", "resvg_py is missing")),
        ("there", False, ("warning", "lack a Chinese font")),
        ("there", True, ("ok", "can be saved as PNG")),
    ],
)
def test_what_pictures_lack_is_named(monkeypatch, package, font, told):
    monkeypatch.setattr(doctor, "find_spec", lambda name: package)
    monkeypatch.setattr(doctor, "_has_chinese_font", lambda: font)
    [finding] = doctor.pictures()
    assert (str(finding.level), told[1] in finding.sentence) == (told[0], True)
