"""What a view behind the sign-in is given."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from shiliu.core.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    htmx: HtmxDetails
