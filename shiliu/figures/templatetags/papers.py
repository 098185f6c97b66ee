"""How a paper writes its figures."""

from django import template
from django.utils.safestring import SafeString

from shiliu.figures.charts import pictures
from shiliu.figures.charts.asking import Shown
from shiliu.figures.definitions import Definition
from shiliu.figures.papers import content
from shiliu.figures.papers.content import Paper
from shiliu.figures.report import Line

register = template.Library()


@register.filter
def of_paper(line: Line, paper: Paper) -> list[str]:
    """The cells of a line: value, before, a year ago."""
    return paper.cells(line)


@register.filter
def as_svg(it: Shown) -> SafeString:
    return SafeString(pictures.as_svg(it, titled=False))  # escaped there


@register.filter
def captioned(it: Shown, paper: Paper) -> str:
    return paper.caption(it)


@register.filter
def explained(it: Definition, paper: Paper) -> str:
    return paper.explained(it)


@register.filter
def numbered(words: str, n: int) -> str:
    return content.numbered(n, words)


@register.filter
def numbered_inside(words: str, n: int) -> str:
    return content.numbered(n, words, inner=True)
