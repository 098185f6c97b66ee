from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VenuesConfig(AppConfig):
    name = "shiliu.venues"
    verbose_name = _("venues")

    def ready(self) -> None:
        from django.urls import reverse

        from shiliu.core import links
        from shiliu.venues import cards, exchange, figures, rules  # noqa: F401
        from shiliu.venues.models import Talk, Venue

        links.register(Venue, label=str, url=lambda venue: reverse("venues:venue", args=[venue.code]))
        links.register(Talk, label=lambda talk: talk.title)
