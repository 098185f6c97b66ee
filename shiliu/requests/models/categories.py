"""What can be asked for, and what the town has settled for each kind: deadlines, questions, ways."""

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.models import Record
from shiliu.core.worktime import Unit as TimeUnit
from shiliu.grid.models import Located, LocatedQuerySet, Unit
from shiliu.volunteers.models import Team


class CategoryQuerySet(models.QuerySet):
    def visible_to(self, actor: object) -> "CategoryQuerySet":
        """Categories are no secret."""
        return self.all()

    def offered(self) -> "CategoryQuerySet":
        """Those that a new request may have, the common ones first, “I don't know” last."""
        return self.filter(is_offered=True).order_by("is_fallback", "position", "code")


class Category(Record):
    """A kind of request in plain words, and how soon it is to be solved. Data, not code.

    The deadline here is that of the solution; further ones are `CategoryMilestone`.
    """

    is_reference = True

    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    group = models.CharField(pgettext_lazy("of categories", "group"), max_length=60, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    due_amount = models.PositiveIntegerField(_("deadline"))
    due_unit = models.CharField(_("unit of the deadline"), max_length=15, choices=TimeUnit)
    is_public = models.BooleanField(_("may be shown in public"), default=False)
    is_offered = models.BooleanField(_("may be chosen for new requests"), default=True)
    is_fallback = models.BooleanField(_("stands for “I don't know”"), default=False)
    description = models.CharField(_("description"), max_length=300, blank=True)
    keywords = models.CharField(_("keywords"), max_length=200, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    allows_anonymous = models.BooleanField(_("may be asked without a contact"), default=True)
    place_matters = models.BooleanField(_("the exact place is the matter"), default=False)
    clock_stops = models.BooleanField(_("the deadline stands still on hold"), default=False)
    warn_percent = models.PositiveSmallIntegerField(_("told higher up after (% of the time)"), default=80)
    reopen_days = models.PositiveIntegerField(_("days in which it can be reopened"), default=15)
    source = models.CharField(_("source of the rule"), max_length=200, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("request category")
        verbose_name_plural = _("request categories")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_fallback"],
                condition=Q(is_fallback=True),
                name="category_one_fallback",
                violation_error_message=_("Another category already stands for “I don't know”."),
            ),
            models.CheckConstraint(
                name="category_due_positive",
                condition=Q(due_amount__gte=1),
                violation_error_message=_("A deadline is at least one unit away."),
            ),
            models.CheckConstraint(
                name="category_warn_percent",
                condition=Q(warn_percent__gte=1, warn_percent__lte=99),
                violation_error_message=_("The share of the time is from 1 to 99 per cent."),
            ),
        ]

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Kind(models.TextChoices):
    """What a milestone is about."""

    CONTACT = "contact", _("first contact")
    PARTIAL = "partial", _("a part of the solution")


class CategoryMilestone(Record):
    """Of a category, one more deadline besides that of the solution."""

    is_reference = True

    category = models.ForeignKey(Category, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=60, blank=True)
    amount = models.PositiveIntegerField(_("deadline"))
    unit = models.CharField(_("unit of the deadline"), max_length=15, choices=TimeUnit)

    class Meta:
        verbose_name = _("milestone of a category")
        verbose_name_plural = _("milestones of categories")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "kind", "name"],
                name="category_milestone_once",
                violation_error_message=_(
                    "This category has such a milestone already. Give it another name."
                ),
            ),
            models.CheckConstraint(
                name="category_milestone_named",
                condition=~Q(kind="partial", name=""),
                violation_error_message=_("A part of the solution needs a name."),
            ),
            models.CheckConstraint(
                name="category_milestone_positive",
                condition=Q(amount__gte=1),
                violation_error_message=_("A deadline is at least one unit away."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class CategoryQuestion(Record):
    """One more thing that a category asks, as Open311 has its attributes; the answer is in `Request.answers`.

    options: of a choice, one `key=words` a line. A question that is no longer asked stays for old answers.
    """

    is_reference = True

    class Datatype(models.TextChoices):
        """The names are those of Open311 GeoReport v2."""

        STRING = "string", pgettext_lazy("question", "a few words")
        TEXT = "text", pgettext_lazy("question", "a longer text")
        NUMBER = "number", pgettext_lazy("question", "a number")
        DATE = "datetime", pgettext_lazy("question", "a date")
        ONE_OF = "singlevaluelist", pgettext_lazy("question", "one of several")
        MANY_OF = "multivaluelist", pgettext_lazy("question", "any of several")

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions")
    name = models.SlugField(_("name"), max_length=40, allow_unicode=False)
    label = models.CharField(_("question"), max_length=120)
    label_en = models.CharField(_("question in English"), max_length=120, blank=True)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    datatype = models.CharField(_("kind of answer"), max_length=20, choices=Datatype, default=Datatype.STRING)
    is_required = models.BooleanField(_("has to be answered"), default=False)
    is_asked = models.BooleanField(_("is asked"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    options = models.TextField(_("choices"), blank=True)

    class Meta:
        verbose_name = _("question of a category")
        verbose_name_plural = _("questions of categories")
        ordering = ["category", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name"],
                name="category_question_once",
                violation_error_message=_("This category has a question of that name already."),
            ),
            models.CheckConstraint(
                name="category_question_options",
                condition=Q(datatype__in=["singlevaluelist", "multivaluelist"]) ^ Q(options=""),
                violation_error_message=_("Choices belong to a question with choices, at least one."),
            ),
        ]

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.label_en if english and self.label_en else self.label

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Key and words of each choice, in order; a line without `=` is both."""
        lines = (line.partition("=") for line in self.options.splitlines() if line.strip())
        return [(key.strip(), words.strip() or key.strip()) for key, _equals, words in lines]


class ElsewhereQuerySet(models.QuerySet):
    def visible_to(self, actor: object) -> "ElsewhereQuerySet":
        """Where to turn is no secret."""
        return self.all()

    def offered(self) -> "ElsewhereQuerySet":
        """Those that are shown, in their order."""
        return self.filter(is_offered=True).order_by("position", "code")


class Elsewhere(Record):
    """What does not belong here (fire, police, a case in court): its words, and where to go."""

    is_reference = True

    name = models.CharField(_("matter"), max_length=60)
    name_en = models.CharField(_("matter in English"), max_length=60, blank=True)
    words = models.CharField(_("words by which it is known"), max_length=300, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    advice = models.CharField(_("where to go"), max_length=300)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    is_offered = models.BooleanField(_("is shown"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = ElsewhereQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter for elsewhere")
        verbose_name_plural = _("matters for elsewhere")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class RoutingRuleQuerySet(LocatedQuerySet):
    def in_order(self) -> "RoutingRuleQuerySet":
        """The active ones as they are tried: the first that fits counts."""
        rows = self.filter(is_active=True).select_related("category", "team", "unit")
        return rows.order_by("position", "code")


class RoutingRule(Record, Located):
    """Who gets a request of this category, area and words; the grid's worker where it names nobody.

    category: any where empty. words: any one of them, separated by commas; any words where empty.
    is_automatic: accepted and assigned at once, without a person; else only proposed.
    """

    is_reference = True

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(_("words"), max_length=300, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    is_automatic = models.BooleanField(_("at once, without a person"), default=False)
    is_active = models.BooleanField(_("in force"), default=True)
    view_right = "requests.view"

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="routing_rule_to_one",
                condition=Q(team=None) | Q(unit=None),
                violation_error_message=_("A rule names a team or a unit, or neither for the grid's worker."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
