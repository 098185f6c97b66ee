"""Reference data of requests in Wagtail's admin: categories with their milestones and questions, what belongs
elsewhere, and to whom requests go.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Select
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from shiliu.grid import reference
from shiliu.grid.models import Unit
from shiliu.grid.scopes import around
from shiliu.requests.models import Category, CategoryMilestone, CategoryQuestion, Elsewhere, RoutingRule
from shiliu.requests.rules import CONFIGURE
from shiliu.volunteers.models import Team

CODE = FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored."))


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
        FieldPanel("description", help_text=_("A few words below the name, where residents choose.")),
        FieldPanel("keywords", help_text=_("Other words for it, separated by commas.")),
        FieldPanel("group", help_text=_("The heading under which it stands in the list.")),
        FieldPanel("position", help_text=_("Small numbers stand first where residents choose.")),
        FieldPanel("is_offered", help_text=_("Without it, the category is kept for what has it already.")),
        FieldPanel("is_fallback", help_text=_("Where requests go whose writer did not know. One at most.")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("due_amount"), FieldPanel("due_unit")]),
                FieldPanel("is_urgent", help_text=_("Its requests stand first and are marked.")),
                FieldPanel("clock_stops", help_text=_("While a request waits for something.")),
                FieldPanel("warn_percent", help_text=_("When so much of the time is gone.")),
                FieldPanel(
                    "reopen_days", help_text=_("After the closing, the resident can say “not solved”.")
                ),
                FieldPanel("source", help_text=_("The law or rule that sets the deadline, or “local”.")),
            ],
            heading=_("Deadlines"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "is_public",
                    help_text=_(
                        "Whether anybody may see that there was such a request: its kind, its state and the "
                        "days, never what was asked. Leave it off for quarrels and hardship."
                    ),
                ),
                FieldPanel(
                    "allows_anonymous",
                    help_text=_("Without it, a telephone number or an e-mail address has to be given."),
                ),
                FieldPanel(
                    "place_matters",
                    help_text=_(
                        "Only then the position of a telephone is kept with the request, to find what is "
                        "broken."
                    ),
                ),
            ],
            heading=_("What is asked and shown"),
        ),
        CODE,
    ]


class OfACategoryForm(reference.ReferenceForm):
    """What belongs to a category stays with it."""

    fixed = ("category",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            self.fields[name].disabled = bool(self.instance.pk)


class Milestones(reference.Reference):
    model = CategoryMilestone
    right = CONFIGURE
    form = OfACategoryForm
    icon = "time"
    list_display = ["category", "kind", "name", "amount", "unit", "code"]
    list_filter = ["category", "kind"]
    search_fields = ["name", "code"]
    fields_shown = [
        FieldPanel("category", widget=Select),
        FieldPanel("kind"),
        FieldPanel("name", help_text=_("What is to be done by then, if the kind does not say it.")),
        FieldRowPanel([FieldPanel("amount"), FieldPanel("unit")]),
        CODE,
    ]


class QuestionForm(OfACategoryForm):
    """A question keeps its name, under which its answers are stored; its choices are choices."""

    fixed = ("category", "name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kinds = CategoryQuestion.Datatype
        has_choices = cleaned.get("datatype") in (kinds.ONE_OF, kinds.MANY_OF)
        if has_choices != bool(cleaned.get("options", "").strip()):
            sentence = gettext("Choices belong to a question with choices, at least one.")
            self.add_error("options", ValidationError(sentence))
        return cleaned


class Questions(reference.Reference):
    model = CategoryQuestion
    right = CONFIGURE
    form = QuestionForm
    icon = "help"
    list_display = ["label", "category", "datatype", "is_required", "is_asked", "code"]
    list_filter = ["category", "datatype", "is_asked"]
    search_fields = ["label", "label_en", "name", "code"]
    fields_shown = [
        FieldPanel("category", widget=Select),
        FieldPanel("label", help_text=_("As one would ask it on the telephone.")),
        FieldPanel("label_en"),
        FieldPanel("hint"),
        FieldPanel("datatype"),
        FieldPanel("options", help_text=_("One on each line: a short key in letters, =, and the words.")),
        FieldPanel("is_required", help_text=_("Few people know everything. Require only what is needed.")),
        FieldPanel("is_asked", help_text=_("Without it, the question is kept for its old answers.")),
        FieldPanel("position"),
        FieldPanel("name", help_text=_("In letters a to z, for other programs. Fixed once it is stored.")),
        CODE,
    ]


class Matters(reference.Reference):
    model = Elsewhere
    right = CONFIGURE
    icon = "redirect"
    list_display = ["name", "telephone", "is_emergency", "is_offered", "code"]
    list_filter = ["is_emergency", "is_offered"]
    search_fields = ["name", "name_en", "words", "code"]
    fields_shown = [
        FieldPanel("name"),
        FieldPanel("name_en"),
        FieldPanel("telephone"),
        FieldPanel("advice", help_text=_("Where to go, in one sentence.")),
        FieldPanel(
            "words",
            help_text=_(
                "Separated by commas. Who writes one of them is told where to go, and can send it "
                "nevertheless. Choose words that are used for nothing else."
            ),
        ),
        FieldPanel("is_emergency", help_text=_("It stands at the top, with its telephone number.")),
        FieldPanel("is_offered"),
        FieldPanel("position", help_text=_("Small numbers stand first.")),
        CODE,
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
    list_display = ["name", "position", "category", "area", "words", "is_automatic", "is_active"]
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
    return [Categories(), Milestones(), Questions(), Matters(), RoutingRules()]
