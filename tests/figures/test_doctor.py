"""`shiliu doctor` says whether the report can be made as PDF, and charts as PNG."""

import pytest

from shiliu.figures import doctor

pytestmark = pytest.mark.once


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
