"""The steps of a request as forms: which ones somebody may take now, and what each of them asks for.

Desk, field page and API offer the same steps and run them here, so that all act through the same actions.
"""

from shiliu.requests.steps.forms import StepForm
from shiliu.requests.steps.ways import WAYS, Offer, Way, form_for, may, offered, require, run, taken_before

__all__ = ["WAYS", "Offer", "StepForm", "Way", "form_for", "may", "offered", "require", "run", "taken_before"]
