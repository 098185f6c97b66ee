"""The report as PDF: a page of its own in HTML, set by WeasyPrint, which needs Pango of the machine."""

from pathlib import Path
from typing import Any, NoReturn

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from PIL import ImageFile

from shiliu.figures.papers import CannotMake
from shiliu.figures.papers.content import Paper
from shiliu.figures.signing.carrying import NAME

STYLE = "figures/paper.css"


def as_pdf(paper: Paper) -> bytes:
    # It lets Pillow take damaged pictures for whole ones in all of the process, where residents send photos.
    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        from weasyprint import CSS, HTML, Attachment  # slow to load, and not everywhere
    except OSError as error:
        raise CannotMake(_("This machine cannot make PDF: Pango is missing. Take the Word file.")) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    html = render_to_string("figures/papers/page.html", {"paper": paper, "chapters": list(paper.chapters())})
    style = CSS(string=Path(str(finders.find(STYLE))).read_text("utf-8"))
    carried = [Attachment(string=paper.signed, name=NAME)] if paper.signed else []
    page = HTML(string=html, url_fetcher=_nothing)
    made: Any = page.write_pdf(stylesheets=[style], attachments=carried)
    return bytes(made)


def _nothing(url: str, **kwargs: Any) -> NoReturn:
    """A paper asks nothing of any host, nor of the machine's files."""
    raise ValueError(url)
