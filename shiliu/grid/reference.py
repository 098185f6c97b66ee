"""Reference data in Wagtail's admin: rows inside the scope of one's posts, nothing lost, and a history.

An app registers a `Reference` viewset for each kind of row. Wagtail's own log keeps what changed, field by
field: it is the audit of reference data, as it is of articles. What actions do to the same rows (a
succession) stands in the audit of `core`.
"""

import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Model, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogFormatter, log
from wagtail.permission_policies.base import BasePermissionPolicy

from shiliu.core import audit, door, findable
from shiliu.core.models import User
from shiliu.grid.models import Area
from shiliu.grid.rules import keeps_for_all, scope_in_admin

MENU_HOOK = "register_reference_menu_item"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
CREATED, CHANGED = "shiliu.reference.create", "shiliu.reference.change"


def is_located(model: type[Model]) -> bool:
    return hasattr(model, "area_id")


def in_scope(model: type[Model], user: Any, right: str) -> QuerySet:
    """The rows of `model` that somebody with `right` keeps; of what lies nowhere see `keeps_for_all`."""
    rows = model._default_manager.all()
    if not is_located(model):
        return rows if keeps_for_all(user, right) else rows.none()
    return (rows.located() if model is Area else rows).filter(scope_in_admin(user, right).q())


class Policy(BasePermissionPolicy):
    """Asks the posts, not Wagtail's groups. Nobody deletes: what is over gets a last day."""

    def __init__(self, model: type[Model], right: str) -> None:
        super().__init__(model)
        self.right = right

    def user_has_permission(self, user: Any, action: str) -> bool:
        keeps = scope_in_admin if is_located(self.model) else keeps_for_all
        return action in {"add", "change", "view"} and bool(keeps(user, self.right))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        inside = not is_located(self.model) or instance.area_id in scope_in_admin(user, self.right)  # type: ignore[attr-defined]
        return self.user_has_permission(user, action) and inside

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Model) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def users_with_any_permission(self, actions: Any) -> QuerySet:
        people = User.objects.filter(is_active=True)
        able = [user.pk for user in people if self.user_has_any_permission(user, actions)]
        return people.filter(pk__in=able)


def label_of(field: Any) -> str:
    """What a field is called on screens: a relation without a name of its own, as what it leads to."""
    unnamed = field.is_relation and field.verbose_name == field.name.replace("_", " ")
    return field.related_model._meta.verbose_name if unnamed else field.verbose_name


def name_relations(model: type[Model], fields: Mapping[str, forms.Field]) -> None:
    for field in model._meta.fields:
        if field.is_relation and field.name in fields:
            fields[field.name].label = capfirst(label_of(field))


class ReferenceForm(WagtailAdminModelForm):
    """Code and area are fixed once a row is stored; `seen` is the version that was opened."""

    right = ""
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["unique"] = _(
            "There is a row with this code already. Open that one, or choose another code."
        )
        name_relations(self._meta.model, self.fields)
        if "area" in self.fields:
            self.fields["area"].error_messages["invalid_choice"] = _(
                "That area lies outside your post's. Choose one of the list."
            )
            self.fields["area"].queryset = in_scope(Area, self.for_user, self.right).order_by("code")
            self.fields["area"].label_from_instance = lambda area: f"{area.code} {area.name}"
        if self.instance.pk:
            self.initial["seen"] = self.instance.version
            for name in {"code", "area"} & self.fields.keys():
                self.fields[name].disabled = True

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not self.instance.pk and not CODE.fullmatch(code):
            sentence = _(
                "“%(code)s” is not a code. Use letters without accents, digits, and - . _ between them."
            )
            raise ValidationError(sentence, params={"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("seen") is None:
            raise ValidationError(_("This form is incomplete. Open the row again, then repeat."))
        return cleaned

    def changes(self) -> dict[str, list[Any]]:
        """Field → what it was and what it is, as plain values."""
        return {
            name: [audit.plain(self.initial.get(name)), audit.plain(self.cleaned_data[name])]
            for name in self.changed_data
            if name != "seen"
        }


class InWords:
    """A save that is refused becomes a sentence above the form, with all that was typed still in it."""

    def form_valid(self, form: ReferenceForm) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except door.Refused as refused:
            form.add_error(None, str(refused))
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class YesNo(Column):
    def get_value(self, instance: Model) -> str:
        return _shown(None, bool(super().get_value(instance)))


class Index(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        rows = in_scope(self.model, self.request.user, self.permission_policy.right)
        return rows.select_related(*(field.name for field in self.fields_listed() if field.is_relation))

    def fields_listed(self) -> list[Any]:
        return [self.model._meta.get_field(name) for name in self.list_display]

    @cached_property
    def filters(self) -> Any:
        filters = super().filters
        name_relations(self.model, filters.form.fields if filters else {})
        return filters

    @cached_property
    def columns(self) -> list[Column]:
        pairs = zip(super().columns, self.fields_listed(), strict=True)
        return [self.in_words(column, field) for column, field in pairs]

    def in_words(self, column: Column, field: Any) -> Column:
        """Wagtail's own column, named as people do, and no “True” in it."""
        column.label = label_of(field)
        if isinstance(field, BooleanField):
            return YesNo(column.name, label=column.label, sort_key=column.sort_key)
        return column


class Create(InWords, generic.CreateView):
    def save_instance(self) -> Model:
        with transaction.atomic(), door.in_words(self.model):
            row = self.form.save()
            findable.keep(row)
            log(instance=row, action=CREATED, data={"code": row.code}, content_changed=True)
        return row


class Edit(InWords, generic.EditView):
    def get_queryset(self) -> QuerySet:
        """Outside the scope a row does not exist."""
        return in_scope(self.model, self.request.user, self.permission_policy.right)

    def save_instance(self) -> Model:
        """The row at the version that was opened, or StaleState."""
        row, changes = self.form.instance, self.form.changes()
        if not changes:
            return row
        change = door.Change(row, self.form.cleaned_data["seen"])
        with transaction.atomic():
            change.set(**{name: self.form.cleaned_data[name] for name in changes})
            change.write()
            findable.keep(row)
            log(instance=row, action=CHANGED, data={"changes": changes}, content_changed=True)
        return row


class History(history.HistoryView):
    def get_base_object_queryset(self) -> QuerySet:
        return in_scope(self.model, self.request.user, self.permission_policy.right)


class DatedFilters(WagtailFilterSet):
    """Whether what is listed stands today."""

    standing = django_filters.ChoiceFilter(
        label=pgettext_lazy("filter", "Today"),
        choices=[("yes", pgettext_lazy("filter", "valid")), ("no", pgettext_lazy("filter", "not valid"))],
        method="filter_standing",
        empty_label=pgettext_lazy("filter", "all"),
    )

    def filter_standing(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        over = Q(valid_to__lt=today) | Q(valid_from__gt=today)
        return rows.exclude(over) if value == "yes" else rows.filter(over)


class Reference(ModelViewSet):
    """A kind of reference data: who keeps it (`right`), its panels, and its form."""

    right = ""
    form = ReferenceForm
    fields_shown: list[Any] = []
    index_view_class, add_view_class, edit_view_class, history_view_class = Index, Create, Edit, History
    menu_hook = MENU_HOOK
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    ordering = "code"
    search_backend_name = None

    @property
    def permission_policy(self) -> Policy:
        return Policy(self.model, self.right)

    def get_edit_handler(self) -> Any:
        bound = type(f"{self.model.__name__}Form", (self.form,), {"right": self.right})
        return ObjectList(self.fields_shown, base_form_class=bound).bind_to_model(self.model)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(delete_url_name=None, usage_url_name=None, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        closed = {"delete", "usage"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in closed]

    def get_permissions_to_register(self) -> QuerySet:
        return super().get_permissions_to_register().none()  # groups have no say in this


class ChangeFormatter(LogFormatter):
    """“name: 甲 → 乙” for each field that was changed."""

    label = pgettext_lazy("log", "Change")

    def format_message(self, log_entry: Any) -> str:
        model = log_entry.content_type.model_class()
        said = [_sentence(model, name, *values) for name, values in log_entry.data["changes"].items()]
        return _("Changed %(fields)s") % {"fields": pgettext("list", "; ").join(said)}


def _sentence(model: type[Model], name: str, before: Any, after: Any) -> str:
    field = model._meta.get_field(name)
    return f"{label_of(field)}: {_shown(field, before)} → {_shown(field, after)}"


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(dict(field.flatchoices).get(value, value))


class CreateFormatter(LogFormatter):
    label = pgettext_lazy("log", "Creation")

    def format_message(self, log_entry: Any) -> str:
        return _("Created under the code %(code)s") % {"code": log_entry.data["code"]}
