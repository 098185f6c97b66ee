"""The guide's tables are what the registry says."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from shiliu.core.exchange import KINDS
from shiliu.core.exchange.documented import columns

pytestmark = pytest.mark.once

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "import.md"


def test_guide_has_the_columns_of_every_kind() -> None:
    out = StringIO()
    call_command("export", columns=True, headers="en", stdout=out)
    _beginning, heading, tables = PAGE.read_text("utf-8").partition("## The files and their columns\n\n")
    assert heading
    assert tables == out.getvalue(), (
        "put what `shiliu export --columns --headers en` prints below that heading"
    )


@pytest.mark.parametrize("name", KINDS)
def test_every_column_is_told(name: str, english: None) -> None:
    section = columns().partition(f"### {name}.csv: ")[2].partition("\n### ")[0]
    for col in KINDS[name].columns:
        (line,) = (line for line in section.splitlines() if line.startswith(f"| {col.zh} | `{col.name}` |"))
        assert line.count("|") == 5, line


def test_chinese_headers_are_used_once_in_a_file() -> None:
    for kind in KINDS.values():
        titles = [name for col in kind.columns for name in (col.name, col.zh)]
        assert len(set(titles)) == len(titles), kind.name
