"""The report for other programs: the promised shape, with the earlier periods and the paragraphs."""

from typing import Any

from shiliu.figures import periods
from shiliu.figures.charts.asking import Shown
from shiliu.figures.papers.content import Paper
from shiliu.figures.papers.drafting import text
from shiliu.figures.report import as_json as as_promised
from shiliu.figures.report import exact


def as_json(paper: Paper) -> dict[str, Any]:
    """What `shiliu report --format json` gives; without the numbers that this reader must not see."""
    it = as_promised(paper.report)
    for key, line in paper.report.lines.items():
        told = it["figures"][key]
        if not paper.shows(line):
            told |= dict.fromkeys(("value", "records", "numerator", "denominator", "excluded"))
            continue
        told["before"], told["year_ago"] = map(exact, paper.past(line))
    period = paper.report.period
    compared = {"before": periods.before(period), "year_ago": periods.year_before(period)}
    it["compared_with"] = {
        name: {"start": str(each.start), "end": str(each.end)} for name, each in compared.items()
    }
    it["text"] = {
        str(part.title): text(part.drafted) for _chapter, parts in paper.chapters() for part in parts
    }
    it["charts"] = {chart.key: _chart(chart) for chart in paper.charts}
    return it


def _chart(it: Shown) -> dict[str, Any]:
    """A chart's numbers, panel by panel; null where one is not shown."""
    return {
        "title": str(it.chart.title),
        "bars": [head.long for head in it.heads],
        "panels": [
            {
                "label": str(series.label),
                "unit": str(series.unit),
                "whole": exact(series.whole.number),
                "values": [exact(cell.number) for cell in series.cells],
                "year_ago": [exact(cell.number) for cell in series.past],
            }
            for series in it.series
        ],
    }
