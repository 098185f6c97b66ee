"""What is written down about figures: own sentences, signed reports, and what a town calls thin."""

from shiliu.figures.matrix.models import Threshold
from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.signing.models import SignedContent, SignedDay, SignedReport, Signing

__all__ = ["Paragraph", "SignedContent", "SignedDay", "SignedReport", "Signing", "Threshold"]
