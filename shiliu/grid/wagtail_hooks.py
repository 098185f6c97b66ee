"""Areas and units in Wagtail's admin, and the menu under which all reference data stands."""

import django_filters
from django.db.models import QuerySet
from django.forms import Select
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import LogActionRegistry

from shiliu.core import areas
from shiliu.grid import choosing, reference
from shiliu.grid.forms import AreaForm
from shiliu.grid.models import Area, Unit
from shiliu.grid.rules import EDIT

LEVELS = [
    (areas.COUNTY, pgettext_lazy("area", "county")),
    (areas.TOWN, _("town")),
    (areas.VILLAGE, _("village or community")),
    (areas.GRID, pgettext_lazy("area", "grid")),
]
DAYS = MultiFieldPanel(
    [
        FieldRowPanel(
            [
                FieldPanel("valid_from"),
                FieldPanel(
                    "valid_to",
                    help_text=_("The last day. Leave it empty while it stands. Nothing is deleted: it ends."),
                ),
            ]
        )
    ],
    heading=pgettext_lazy("days", "Valid"),
)


class AreaFilters(reference.DatedFilters):
    level = django_filters.ChoiceFilter(
        label=pgettext_lazy("area", "Level"),
        choices=LEVELS,
        method="filter_level",
        empty_label=pgettext_lazy("filter", "all"),
    )

    class Meta:
        model = Area
        fields = ["kind"]

    def filter_level(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(code__length=int(value))


class Areas(reference.Reference):
    model = Area
    right = EDIT
    form = AreaForm
    icon = "site"
    list_display = ["name", "code", "kind", "valid_from", "valid_to"]
    filterset_class = AreaFilters
    search_fields = ["name", "code"]
    fields_shown = [
        FieldPanel(
            "code",
            help_text=_(
                "6 digits are a county, 9 a town, 12 a village or community, 15 a grid. It lies in the "
                "area whose code it begins with. A code is never changed, since rows refer to it: end this "
                "area and enter the new one."
            ),
        ),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("urban_rural")]),
        DAYS,
        HelpPanel(template="grid/_succeed_panel.html"),
        FieldPanel("source", help_text=_("Where the code comes from: which list, of which year.")),
    ]


class UnitFilters(reference.DatedFilters):
    class Meta:
        model = Unit
        fields = ["kind"]


class Units(reference.Reference):
    model = Unit
    right = EDIT
    icon = "group"
    list_display = ["name", "code", "kind", "area", "valid_from", "valid_to"]
    filterset_class = UnitFilters
    search_fields = ["name", "code"]
    fields_shown = [
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("area", widget=Select, help_text=_("Where it is responsible. Fixed once it is stored.")),
        DAYS,
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


@hooks.register("register_admin_viewset")
def areas_and_units() -> list[ViewSet]:
    return [Areas(), Units(), choosing.Choosing("choose_records")]


@hooks.register("register_admin_menu_item")
def reference_data() -> SubmenuMenuItem:
    menu = Menu(register_hook_name=reference.MENU_HOOK)
    return SubmenuMenuItem(_("Reference data"), menu, name="reference", icon_name="table", order=250)


@hooks.register("register_log_actions")
def tell_what_changed(actions: LogActionRegistry) -> None:
    actions.register_action(reference.CREATED)(reference.CreateFormatter)
    actions.register_action(reference.CHANGED)(reference.ChangeFormatter)
