"""How a paper writes its figures."""

from django import template

from shiliu.figures.papers import content
from shiliu.figures.papers.content import Paper
from shiliu.figures.report import Line

register = template.Library()


@register.filter
def of_paper(line: Line, paper: Paper) -> list[str]:
    """The cells of a line: value, before, a year ago."""
    return paper.cells(line)


@register.filter
def numbered(words: str, n: int) -> str:
    return content.numbered(n, words)


@register.filter
def numbered_inside(words: str, n: int) -> str:
    return content.numbered(n, words, inner=True)
