"""What of the report is written down: an editor's own sentences, and the reports that were signed."""

from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.signing.models import SignedContent, SignedDay, SignedReport

__all__ = ["Paragraph", "SignedContent", "SignedDay", "SignedReport"]
