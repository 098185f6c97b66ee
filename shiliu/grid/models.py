"""The area tree, the units that stand beside it, and posts: who is responsible, and who may do what."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.core import access, areas
from shiliu.core.fields import ExactDecimalField
from shiliu.core.models import Record, User, area_columns
from shiliu.grid.roles import ANSWERING, ROLES, SERVING

models.CharField.register_lookup(Length)


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        violation_error_message=_("The last day is before the first one."),
    )


class Dated(models.Model):
    """What is valid from a day on, and up to and including another one."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        abstract = True


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> "DatedQuerySet":
        """Those that are valid on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class LocatedQuerySet(models.QuerySet):
    def within(self, scope: areas.Scope) -> "LocatedQuerySet":
        return self.filter(scope.q())

    def visible_to(self, actor: Any) -> "LocatedQuerySet":
        """What lies where `actor` holds the model's `view_right`."""
        return self.within(access.scope_of(actor, self.model.view_right))


class LocatedDatedQuerySet(LocatedQuerySet, DatedQuerySet):
    pass


class AreaQuerySet(DatedQuerySet):
    def visible_to(self, actor: Any) -> "AreaQuerySet":
        """Areas are no secret."""
        return self.all()

    def located(self) -> "AreaQuerySet":
        """With the columns by which a scope narrows rows: an area lies in itself."""
        parts = {"town": Substr("code", 1, areas.TOWN), "village": Substr("code", 1, areas.VILLAGE)}
        return self.annotate(area=F("code"), **parts)


class Area(Record, Dated):
    """A county, town, village or community, or grid, under its standard code."""

    is_reference = True

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary")
        SPECIAL = "special", _("special grid (park, market, school…)")

    code = models.CharField(_("code"), max_length=15, unique=True, validators=[areas.validate_code])
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, to_field="code", null=True, blank=True, related_name="children"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ORDINARY)
    urban_rural = models.CharField(_("urban-rural code"), max_length=3, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.CheckConstraint(name="area_code_length", condition=Q(code__length__in=areas.LEVELS)),
            models.CheckConstraint(
                name="area_inside_parent", condition=Q(parent=None) | Q(code__startswith=F("parent"))
            ),
            ends_after_start("area_dates"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_id(self) -> str:
        """An area lies in itself, for access and audit."""
        return self.code

    @property
    def level(self) -> int:
        return len(self.code)


class Succession(models.Model):
    """From a day on, `successor` is what `predecessor` was. Merging or splitting is several rows."""

    is_reference = True

    predecessor = models.ForeignKey(Area, models.PROTECT, to_field="code", related_name="+")
    successor = models.ForeignKey(Area, models.PROTECT, to_field="code", related_name="+")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("succession")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(name="succession_to_another", condition=~Q(predecessor=F("successor"))),
        ]
        ordering = ["predecessor", "successor"]


class Located(models.Model):
    """A row that lies in an area: its code, with town and village computed by the database."""

    area = models.ForeignKey(Area, models.PROTECT, to_field="code", related_name="+", verbose_name=_("area"))
    town, village = area_columns()

    objects = LocatedQuerySet.as_manager()

    class Meta:
        abstract = True


class UnitQuerySet(LocatedDatedQuerySet):
    def staffed_by(self, actor: Any) -> "UnitQuerySet":
        """The units in which `actor` holds today a post that works on requests."""
        if not isinstance(actor, User):
            return self.none()
        held = Tenure.objects.of_today(actor).filter(post__role__in=SERVING, post__unit__isnull=False)
        return self.filter(pk__in=held.values("post__unit"))


class Unit(Record, Located, Dated):
    """An office or company that can be responsible for things, beside the area tree."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("government office")
        UTILITY = "utility", _("utility")
        SERVICE = "service", _("public service")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OFFICE)
    view_right = "grid.view"

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsible unit")
        verbose_name_plural = _("responsible units")
        ordering = ["code"]
        constraints = [ends_after_start("unit_dates")]

    def __str__(self) -> str:
        return self.name


class PostQuerySet(LocatedDatedQuerySet):
    def answered_by(self, actor: Any) -> "PostQuerySet":
        """The posts that `actor` holds today and to which a request can be given."""
        if not isinstance(actor, User):
            return self.none()
        held = Tenure.objects.of_today(actor).filter(post__role__in=ANSWERING)
        return self.filter(pk__in=held.values("post"))

    def with_holders(self, day: date, actor: Any) -> "PostQuerySet":
        """Each with `named`: the tenures of a day that `actor` may see, with who holds it."""
        holders = Tenure.objects.on(day).visible_to(actor).select_related("user")
        return self.prefetch_related(Prefetch("tenures", holders, to_attr="named"))


class Post(Record, Located, Dated):
    """A duty in an area, filled or vacant: what residents see as responsible."""

    title = models.CharField(_("title"), max_length=80)
    role = models.CharField(
        _("role"), max_length=30, choices=[(key, role.label) for key, role in ROLES.items()]
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts")
    view_right = "grid.view"

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        ordering = ["code"]
        constraints = [ends_after_start("post_dates")]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """As a team and a unit have one: whoever leads a request is told by it."""
        return self.title


class TenureQuerySet(LocatedDatedQuerySet):
    def held_on(self, day: date) -> "TenureQuerySet":
        """Those that give rights on a day: of posts that stand."""
        standing = Q(post__valid_to__isnull=True) | Q(post__valid_to__gte=day)
        return self.on(day).filter(standing, post__valid_from__lte=day)

    def of_today(self, user: User) -> "TenureQuerySet":
        """The tenures that give `user` rights today."""
        return self.held_on(timezone.localdate()).filter(user=user)


class Tenure(Record, Located, Dated):
    """Somebody holds a post for a time. The source of every right."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    user = models.ForeignKey(User, models.PROTECT, related_name="tenures")
    view_right = "grid.view"

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenure")
        ordering = ["code"]
        constraints = [
            ends_after_start("tenure_dates"),
            models.UniqueConstraint(fields=["post", "user", "valid_from"], name="tenure_once"),
        ]


class Boundary(Record):
    """Where an area lies on the earth: one multipolygon in WGS-84, degrees with six decimals (0.1 m).

    geometry: the `coordinates` of a GeoJSON MultiPolygon, as JSON text. came_in: the system they came in.
    """

    class System(models.TextChoices):
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"

    area = models.OneToOneField(
        Area, models.PROTECT, to_field="code", related_name="boundary", verbose_name=_("area")
    )
    town, village = area_columns()
    geometry = models.TextField(_("geometry"))
    came_in = models.CharField(_("coordinate system it came in"), max_length=10, choices=System)
    source = models.CharField(_("source"), max_length=200)
    west = ExactDecimalField(decimals=6)
    south = ExactDecimalField(decimals=6)
    east = ExactDecimalField(decimals=6)
    north = ExactDecimalField(decimals=6)

    objects = LocatedQuerySet.as_manager()
    view_right = "grid.view"

    class Meta:
        verbose_name = _("boundary")
        ordering = ["area"]
        constraints = [
            models.CheckConstraint(
                name="boundary_box", condition=Q(west__lt=F("east")) & Q(south__lt=F("north"))
            ),
        ]
