"""Venues in Wagtail's admin."""

from django.forms import Select
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel

from shiliu.grid import reference
from shiliu.grid.wagtail_hooks import DAYS
from shiliu.venues.models import Venue
from shiliu.venues.rules import EDIT


class VenueFilters(reference.DatedFilters):
    class Meta:
        model = Venue
        fields = ["kind"]


class Venues(reference.Reference):
    model = Venue
    right = EDIT
    icon = "home"
    list_display = ["name", "code", "kind", "area_id", "valid_from", "valid_to"]
    filterset_class = VenueFilters
    search_fields = ["name", "code", "address"]
    fields_shown = [
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("area", widget=Select, help_text=_("A venue that moves to another area is a new one.")),
        FieldPanel("address", help_text=_("As somebody would tell the way who is asked for it.")),
        DAYS,
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


@hooks.register("register_admin_viewset")
def venues() -> Venues:
    return Venues()
