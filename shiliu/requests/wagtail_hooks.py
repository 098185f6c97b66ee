"""The categories of requests in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from shiliu.grid import reference
from shiliu.requests.models import Category
from shiliu.requests.rules import CONFIGURE


class Categories(reference.Reference):
    model = Category
    right = CONFIGURE
    icon = "list-ul"
    list_display = ["name", "code", "group", "due_amount", "due_unit", "is_public"]
    list_filter = ["is_public", "due_unit"]
    search_fields = ["name", "name_en", "code", "group"]
    fields_shown = [
        FieldPanel("name", help_text=_("In the words in which residents say it.")),
        FieldPanel("name_en"),
        FieldPanel("group", help_text=_("The heading under which it stands in the list.")),
        FieldPanel("position", help_text=_("Small numbers stand first where residents choose.")),
        FieldPanel("is_offered", help_text=_("Without it, the category is kept for what has it already.")),
        FieldPanel("is_fallback", help_text=_("Where requests go whose writer did not know. One at most.")),
        FieldRowPanel([FieldPanel("due_amount"), FieldPanel("due_unit")]),
        FieldPanel("reopen_days", help_text=_("After the closing, the resident can say “not solved”.")),
        FieldPanel(
            "is_public",
            help_text=_(
                "Whether anybody may see that there was such a request: its kind, its state and the days, "
                "never what was asked. Leave it off for quarrels and hardship."
            ),
        ),
        FieldPanel("source", help_text=_("The law or rule that sets the deadline, or “local”.")),
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


@hooks.register("register_admin_viewset")
def categories() -> Categories:
    return Categories()
