"""What is typed about areas, people and posts."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from shiliu.core import areas
from shiliu.core.access import RIGHTS
from shiliu.core.areas import Scope
from shiliu.grid.models import Area, Post, Unit
from shiliu.grid.people import is_taken
from shiliu.grid.reference import ReferenceForm
from shiliu.grid.roles import ROLES
from shiliu.grid.rules import scope_in_admin


class AreaForm(ReferenceForm):
    """An area lies in the one whose code its own begins with: that is computed, not asked for."""

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.instance.pk:
            return code
        areas.validate_code(code)
        if code not in scope_in_admin(self.for_user, self.right):
            raise ValidationError(
                _("That code lies outside your post's area. Begin it with that area's code.")
            )
        above = areas.parent(code)
        if above and len(code) > areas.TOWN and not Area.objects.filter(code=above).exists():
            sentence = _("The area %(code)s, in which this one lies, is not on record. Enter that one first.")
            raise ValidationError(sentence, params={"code": above})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code, last = cleaned.get("code"), cleaned.get("valid_to")
        if code and not self.instance.pk:
            self.instance.parent_id = (
                Area.objects.filter(code=areas.parent(code) or "").values_list("code", flat=True).first()
            )
        if self.instance.pk and last:
            inside = self.instance.children.filter(Q(valid_to=None) | Q(valid_to__gt=last))
            if name := inside.order_by("code").values_list("name", flat=True).first():
                sentence = _("%(name)s lies in it and would still be valid. End what lies in it first.")
                self.add_error("valid_to", ValidationError(sentence, params={"name": name}))
        return cleaned


# People and posts -----------------------------------------------------------------------------------------

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)
OFFERED = 500


def last_day_after_first(form: forms.Form, first: str, last: str) -> None:
    """Say at the last day that it comes before the first one."""
    since, until = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if since and until and until < since:
        form.add_error(last, _("The last day is before the first one."))


class Days(forms.Form):
    """From when to when a post is held; both days count."""

    since = forms.DateField(label=pgettext_lazy("day", "From"), required=False, **DAY)
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty for an open end."),
        **DAY,
    )

    def clean(self) -> dict[str, Any]:
        last_day_after_first(self, "since", "until")
        return self.cleaned_data


class InviteForm(Days):
    """A new account; no password is asked for here."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=40,
        help_text=gettext_lazy("2 to 40 small letters without accents, digits, and . _ - between them."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy(
            "The link is sent there and nowhere else. Without one, you hand it over yourself."
        ),
    )
    post = forms.ChoiceField(
        label=gettext_lazy("Post"),
        required=False,
        help_text=gettext_lazy("Vacant posts. It can be given later too."),
    )
    field_order = ["name", "username", "email", "post", "since", "until"]

    def __init__(self, *args: Any, vacant: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {post.code: post for post in vacant[:OFFERED]}
        offered = [(post.code, f"{post.title} · {post.area}") for post in self.posts.values()]
        self.fields["post"].choices = [("", _("none yet")), *offered]
        self.fields["post"].error_messages["invalid_choice"] = _(
            "This post is no longer vacant. Choose another one, or give it later."
        )
        self.fields["since"].help_text = _("Empty: today.")

    def clean_username(self) -> str:
        username = self.cleaned_data["username"].strip().lower()
        if not USERNAME.fullmatch(username):
            raise ValidationError(
                _("“%(name)s” cannot be a user name. Use small letters without accents, digits, and . _ -"),
                params={"name": username},
            )
        if is_taken(username):
            raise ValidationError(_("This user name is taken. Choose another one."))
        return username

    def clean_post(self) -> Post | None:
        return self.posts.get(self.cleaned_data["post"])


class AppointForm(Days):
    """Who gets a post: by user name, or by a name that only one person has."""

    who = forms.CharField(
        label=pgettext_lazy("person", "Who"),
        max_length=150,
        help_text=gettext_lazy("A user name, or the whole name."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["who", "since", "until", "seen"]

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["since"].required = True

    def clean_who(self) -> Any:
        typed = self.cleaned_data["who"].strip()
        found = list(self.people.filter(username=typed) or self.people.filter(name=typed)[:9])
        if not found:
            raise ValidationError(
                _("Nobody whom you see is called that. Look under People, or invite them first.")
            )
        if len(found) > 1:
            names = pgettext("list", ", ").join(user.username for user in found)
            raise ValidationError(
                _("Several people are called that. Type one of these user names: %(names)s."),
                params={"names": names},
            )
        return found[0]


class EndForm(forms.Form):
    """The last day of a tenure or a post."""

    on = forms.DateField(label=gettext_lazy("Last day"), **DAY)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class SucceedForm(forms.Form):
    """What an area became, and from which day on."""

    successor = forms.ModelChoiceField(
        Area.objects.none(),
        label=gettext_lazy("What it became"),
        to_field_name="code",
        help_text=gettext_lazy("Where it was divided, record one part after the other, with the same day."),
    )
    day = forms.DateField(
        label=gettext_lazy("From which day on"),
        help_text=gettext_lazy("The day before is the old area's last one."),
        **DAY,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, area: Area, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lasting = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate())
        found = Area.objects.located().filter(lasting, scope.q(), code__length=area.level)
        field: Any = self.fields["successor"]
        field.empty_label = _("Choose…")
        field.queryset = found.exclude(pk=area.pk).order_by("code")
        field.label_from_instance = lambda it: f"{it.code} {it.name}"
        field.error_messages["invalid_choice"] = _(
            "That area lies outside your post's, or is of another level. Choose one of the list."
        )


class PostForm(forms.ModelForm):
    """A new post."""

    class Meta:
        model = Post
        fields = ["title", "role", "area", "unit", "valid_from", "valid_to"]
        widgets = {"valid_from": DAY["widget"], "valid_to": DAY["widget"]}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        outside = _("That lies outside your post's area. Choose one of the list.")
        area, unit = self.fields["area"], self.fields["unit"]
        area.queryset = Area.objects.located().on(today).filter(scope.q()).order_by("code")
        area.label_from_instance = lambda it: f"{it.code} {it.name}"
        unit.queryset = Unit.objects.on(today).within(scope).order_by("code")
        unit.label = _("Responsible unit")
        unit.help_text = _("The office or company that this post belongs to, where there is one.")
        for field in (area, unit):
            field.error_messages["invalid_choice"] = outside
        self.fields["title"].help_text = _("As residents are to read it.")
        self.fields["role"].help_text = _("What the post may do; see “Who may do what?”.")


class WhoCanForm(forms.Form):
    """Which right, and where."""

    right = forms.ChoiceField(label=pgettext_lazy("who may what", "Who may"))
    area = forms.ModelChoiceField(
        Area.objects.none(), label=pgettext_lazy("who may what", "in"), to_field_name="code", empty_label=None
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {right for role in ROLES.values() for right in role.rights}
        self.fields["right"].choices = [(name, RIGHTS[name]) for name in sorted(held)]
        found = Area.objects.located().on(timezone.localdate()).filter(scope.q())
        self.fields["area"].queryset = found.order_by("code")
        self.fields["area"].error_messages["invalid_choice"] = _("That area lies outside your post's.")
