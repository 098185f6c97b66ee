"""Venues and what is on there, in Wagtail's admin."""

from typing import Any

from django.forms import Select
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from shiliu.grid import reference
from shiliu.grid.wagtail_hooks import DAYS
from shiliu.venues.models import Activity, Venue
from shiliu.venues.rules import EDIT


class VenueFilters(reference.DatedFilters):
    class Meta:
        model = Venue
        fields = ["kind"]


class ActivityFilters(reference.DatedFilters):
    class Meta:
        model = Activity
        fields = ["weekday"]


class Venues(reference.Reference):
    model = Venue
    right = EDIT
    icon = "home"
    list_display = ["name", "code", "kind", "area", "valid_from", "valid_to"]
    filterset_class = VenueFilters
    search_fields = ["name", "code", "address"]
    fields_shown = [
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("area", widget=Select, help_text=_("A venue that moves to another area is a new one.")),
        FieldPanel("address", help_text=_("As somebody would tell the way who is asked for it.")),
        FieldPanel("hours", help_text=_("As it stands on the door.")),
        DAYS,
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


class ActivityForm(reference.ReferenceForm):
    """An activity lies where its venue lies, so the venue stands for the area: in scope, and fixed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        venue = self.fields["venue"]
        venue.queryset = reference.in_scope(Venue, self.for_user, self.right).order_by("code")
        venue.error_messages["invalid_choice"] = _(
            "That venue lies outside your post's area. Choose another."
        )
        venue.disabled = bool(self.instance.pk)


class Activities(reference.Reference):
    model = Activity
    right = EDIT
    form = ActivityForm
    icon = "date"
    list_display = ["title", "code", "venue", "weekday", "starts", "valid_from", "valid_to"]
    filterset_class = ActivityFilters
    search_fields = ["title", "code"]
    fields_shown = [
        FieldPanel("title"),
        FieldPanel("venue", widget=Select),
        FieldRowPanel([FieldPanel("weekday"), FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("note"),
        DAYS,
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


@hooks.register("register_admin_viewset")
def venues() -> Venues:
    return Venues()


@hooks.register("register_admin_viewset")
def activities() -> Activities:
    return Activities()
