"""The address that a receipt leads to, in one place: slips and QR codes are on paper for years."""

from django.conf import settings
from django.urls import reverse


def of_receipt(code: str) -> str:
    """Where whoever holds the receipt sees how it goes."""
    return settings.BASE_URL + reverse("requests:progress", args=[code])
