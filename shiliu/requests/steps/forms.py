"""What each step asks for besides the request itself."""

from datetime import datetime, time
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import access, areas, audit, receipts
from shiliu.core.areas import Scope
from shiliu.core.forms import PicturesField, WordsField
from shiliu.core.models import User
from shiliu.grid.models import Area
from shiliu.requests import actions, deadlines, routing
from shiliu.requests.forms import OneOfField, choices_of, valid_on
from shiliu.requests.leads import LeadField, key_of, told_why
from shiliu.requests.models import TAKEN_ON, Category, Kind, Milestone, Request
from shiliu.requests.routing import Route


class StepForm(forms.Form):
    """What every step carries: the version that was on the screen, and when the page was made.

    read: the resident's words up to then were on it; later ones still wait to be read after the step.
    """

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    read = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subject: Request, **kwargs: Any) -> None:
        initial = {"seen": subject.version, "read": timezone.now().isoformat()}
        super().__init__(*args, initial=initial, auto_id="%s", **kwargs)
        self.subject = subject

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to choose; the state and the right aside."""
        return True

    def values(self) -> dict[str, Any]:
        """What the action takes besides the request and who it is."""
        return {name: value for name, value in self.cleaned_data.items() if name != "read"}

    def left(self) -> dict[str, Any]:
        """What the values leave in the step's audit entry, by which the same form sent again is known."""
        return {}

    def sent(self) -> dict[str, Any]:
        """What `taken_before` compares."""
        given = self.cleaned_data
        return {"note": given.get("note", ""), "pictures": given.get("pictures", ()), "left": self.left()}


class NoteForm(StepForm):
    note = forms.CharField(
        label=gettext_lazy("A few words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FreeNoteForm(NoteForm):
    """Words may be given, and need not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = False


class AcceptForm(StepForm):
    """Accepting; also with whom the rules propose, who then has it at once: `to`, on a button of its own."""

    @cached_property
    def proposed(self) -> Route:
        return routing.propose(self.subject)

    @property
    def proposal(self) -> str:
        return key_of(self.proposed.to) if self.proposed.to else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if wanted := self.data.get("to", ""):
            if wanted != self.proposal:
                raise forms.ValidationError(
                    _("The rules propose somebody else by now. Look at whom, then send it again.")
                )
            cleaned["to"] = self.proposed.to
        return cleaned

    def left(self) -> dict[str, Any]:
        return {"given": self.data["to"]} if self.data.get("to") else {}


class AssignForm(FreeNoteForm):
    to = LeadField(label=gettext_lazy("To whom"))
    field_order = ["seen", "to", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.offer(self.subject)
        if lead := self.subject.lead:
            self.initial["to"] = key_of(lead)
            return
        route = routing.propose(self.subject)
        key = key_of(route.to) if route.to else ""
        self.initial["to"] = key if key in to.found else to.nearest(self.subject)
        if key in to.found:
            to.help_text = told_why(route)

    def left(self) -> dict[str, Any]:
        to = self.cleaned_data["to"]
        return {str(to._meta.model_name): to.code}


class JoinForm(StepForm):
    doer = LeadField(label=gettext_lazy("Who is to join"))
    words = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever is asked reads this, and what the resident wrote."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken: set[str] = set()
        if not self.is_bound:  # what is sent twice is answered as the first; else the action says why not
            asked = self.subject.parts.filter(state__in=TAKEN_ON).select_related("team", "unit")
            leads = [self.subject.lead] if self.subject.lead else []
            taken = {key_of(it) for it in [*leads, *(part.doer for part in asked)]}
        self.fields["doer"].offer(self.subject, with_posts=False, without=taken)  # type: ignore[attr-defined]

    def left(self) -> dict[str, Any]:
        return {"doer": self.cleaned_data["doer"].name}

    def sent(self) -> dict[str, Any]:
        return super().sent() | {"note": self.cleaned_data["words"]}


class ClassifyForm(StepForm):
    to = forms.ModelChoiceField(Category.objects.none(), to_field_name="code", label=gettext_lazy("Category"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Category.objects.offered()  # type: ignore[attr-defined]
        self.initial["to"] = self.subject.category.code

    def left(self) -> dict[str, Any]:
        return {"category": self.cleaned_data["to"].code}


class MoveForm(StepForm):
    """Where it is. The places are only read where they are shown, or one of them was chosen."""

    to = OneOfField(
        label=gettext_lazy("Where is it?"),
        error_messages={"invalid_choice": gettext_lazy("Please choose one of the places in the list.")},
    )
    address = WordsField(
        label=gettext_lazy("Where exactly"), max_length=200, required=False, widget=forms.TextInput
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        to: Any = self.fields["to"]
        to.choices = lambda: choices_of(self.places.values())
        if self.is_bound:
            to.known = self.places
        self.initial |= {"to": self.subject.area_id, "address": self.subject.address}

    @cached_property
    def places(self) -> dict[str, Area]:
        """In the request's town, where the actor may accept."""
        town = Scope.of([self.subject.area_id[: areas.TOWN]])
        right = audit.VERBS[actions.moving.MOVE].right
        return valid_on(access.scope_of(self.actor, right) & town, timezone.localdate())

    def clean_to(self) -> Area:
        return self.places[self.cleaned_data["to"]]

    def left(self) -> dict[str, Any]:
        return {"area": self.cleaned_data["to"].code}


class ReportForm(NoteForm):
    note = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)
    without_parts = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = [str(part.doer) for part in self.subject.open_parts()]
        if missing:
            sentence = _("Done, although %(who)s has not reported yet; above stands why")
            self.fields["without_parts"].label = sentence % {"who": "、".join(missing)}
        else:
            del self.fields["without_parts"]


class CloseForm(FreeNoteForm):
    solved = forms.TypedChoiceField(
        label=gettext_lazy("What the resident said when called back"),
        choices=[
            ("", pgettext_lazy("call-back", "nobody was reached")),
            ("true", pgettext_lazy("call-back", "it is solved")),
            ("false", pgettext_lazy("call-back", "it is not solved")),
        ],
        coerce=lambda value: value == "true",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["seen", "solved", "note"]

    def left(self) -> dict[str, Any]:
        return {"called": self.cleaned_data.get("solved")}


class HoldForm(NoteForm):
    until = forms.DateField(
        label=gettext_lazy("It goes on from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ["seen", "until", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["max"] = str(deadlines.farthest())

    def left(self) -> dict[str, Any]:
        return {"resume_on": audit.plain(self.cleaned_data["until"])}


class ExtendForm(HoldForm):
    until = forms.DateField(
        label=gettext_lazy("New deadline, until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def values(self) -> dict[str, Any]:
        day = self.cleaned_data["until"]
        end = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
        return super().values() | {"until": end}

    def left(self) -> dict[str, Any]:
        return {"due_at": audit.plain(self.values()["until"])}


class UrgencyForm(StepForm):
    urgent = forms.TypedChoiceField(
        label=gettext_lazy("How urgent is it?"),
        choices=[("true", gettext_lazy("urgent")), ("false", gettext_lazy("not urgent"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["urgent"] = "false" if self.subject.is_urgent else "true"

    def left(self) -> dict[str, Any]:
        return {"is_urgent": self.cleaned_data["urgent"]}


class ReachForm(NoteForm):
    milestone = forms.ModelChoiceField(
        Milestone.objects.none(), to_field_name="name", label=gettext_lazy("What was reached")
    )
    field_order = ["seen", "milestone", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["milestone"]
        field.queryset = self.subject.milestones.filter(kind=Kind.PARTIAL, met_at=None)
        field.label_from_instance = lambda milestone: milestone.title

    @property
    def is_possible(self) -> bool:
        choices: Any = self.fields["milestone"]
        return bool(choices.queryset.exists())

    def left(self) -> dict[str, Any]:
        return {"milestone": self.cleaned_data["milestone"].title}


class MergeForm(StepForm):
    into = forms.CharField(
        label=gettext_lazy("Code of the request that goes on"), max_length=40, help_text="K7Q-3MN-84TX"
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_into(self) -> Request:
        try:
            code = receipts.read(self.cleaned_data["into"])
        except receipts.BadCode as error:
            raise forms.ValidationError(str(error)) from None
        found = Request.objects.visible_to(self.actor).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no such request that you may see. Look at its code again.")
            )
        if not access.allows(self.actor, audit.VERBS[actions.joint.MERGE].right, found.area_id):
            raise forms.ValidationError(
                _("That one lies where you may not merge. Ask its coordinator, or choose another.")
            )
        return found

    def left(self) -> dict[str, Any]:
        """The entry names no code; where the request went says the request itself, which has ended."""
        into = self.cleaned_data["into"]
        return {"merged_into": audit.MASK if self.subject.merged_into == into else into.code}
