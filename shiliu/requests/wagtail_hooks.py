"""The categories of requests, and to whom they go, in Wagtail's admin."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from shiliu.grid import reference
from shiliu.grid.models import Unit
from shiliu.grid.scopes import around
from shiliu.requests.models import Category, RoutingRule
from shiliu.requests.rules import CONFIGURE
from shiliu.volunteers.models import Team


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


class RoutingRuleForm(reference.ReferenceForm):
    """A rule names who serves its area today, or nobody: then it is the grid's worker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for name, model in (("team", Team), ("unit", Unit)):
            standing = model.objects.on(today) | model.objects.filter(pk=self.initial.get(name))
            self.fields[name].queryset = standing.order_by("code")
        self.fields["category"].queryset = Category.objects.order_by("position", "code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        area = cleaned.get("area") or getattr(self.instance, "area", None)
        to = cleaned.get("team") or cleaned.get("unit")
        if cleaned.get("team") and cleaned.get("unit"):
            raise ValidationError(_("A rule names a team or a unit, or neither for the grid's worker."))
        if area and to and to.area_id not in around(area.code):
            raise ValidationError(_("That one does not serve the rule's area. Choose one that does."))
        return cleaned

    def changes(self) -> dict[str, list[Any]]:
        """Of another row its name, not its key."""
        told = super().changes()
        for name in {"category", "team", "unit"} & told.keys():
            was = self.fields[name].queryset.filter(pk=self.initial.get(name)).first()
            told[name] = [str(each) if each else None for each in (was, self.cleaned_data[name])]
        return told


class RoutingRules(reference.Reference):
    model = RoutingRule
    right = CONFIGURE
    form = RoutingRuleForm
    icon = "redirect"
    ordering = ("position", "code")
    list_display = ["name", "position", "category", "area_id", "words", "is_automatic", "is_active"]
    list_filter = ["is_active", "is_automatic"]
    search_fields = ["name", "code", "words"]
    fields_shown = [
        FieldPanel("name", help_text=_("Whoever assigns reads it: “Proposed by the rule …”.")),
        FieldPanel("position", help_text=_("Small numbers are tried first; the first that fits counts.")),
        FieldPanel("category", heading=_("Category"), help_text=_("Any category where it is empty.")),
        FieldPanel("area", widget=Select, help_text=_("Where the request lies. Fixed once it is stored.")),
        FieldPanel(
            "words",
            help_text=_("Any one of these words, separated by commas. Any request where it is empty."),
        ),
        FieldPanel("team", heading=_("To the team")),
        FieldPanel(
            "unit", heading=_("or to the unit"), help_text=_("Where both are empty: to the grid's worker.")
        ),
        FieldPanel("is_automatic", help_text=_("Without it, the rule proposes and a coordinator decides.")),
        FieldPanel("is_active", help_text=_("Try it on past requests first, at the desk under “Routing”.")),
        FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored.")),
    ]


@hooks.register("register_admin_viewset")
def categories() -> list[reference.Reference]:
    return [Categories(), RoutingRules()]
