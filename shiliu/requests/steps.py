"""The steps of a request as forms: which ones somebody may take now, and what each of them asks for.

Desk, field page and API offer the same steps and run them here, so that all act through the same actions.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import access, audit, receipts
from shiliu.core.forms import PicturesField
from shiliu.core.models import AuditEntry, User
from shiliu.core.pictures import Picture
from shiliu.requests import actions, routing, rules
from shiliu.requests.leads import LeadField, key_of, told_why
from shiliu.requests.models import TAKEN_ON, Category, Kind, Milestone, Photo, Request
from shiliu.requests.routing import Route
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.story import tells_note


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
        return {}


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
        return {"called": self.cleaned_data["solved"]}


class HoldForm(NoteForm):
    until = forms.DateField(
        label=gettext_lazy("It goes on from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ["seen", "until", "note"]

    def left(self) -> dict[str, Any]:
        return {"resume_on": audit.plain(self.cleaned_data["until"])}


class ExtendForm(NoteForm):
    until = forms.DateField(
        label=gettext_lazy("New deadline, until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ["seen", "until", "note"]

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


@dataclass(frozen=True)
class Way:
    """How a verb is offered: on a button, with which form, and what it runs."""

    label: Any
    form: type[StepForm]
    act: Callable[..., Any]


# In the order in which they are offered; the first one that is possible is the main one.
WAYS: dict[str, Way] = {
    "requests.accept": Way(gettext_lazy("Accept"), AcceptForm, actions.accept),
    "requests.take": Way(gettext_lazy("Begin"), StepForm, actions.take),
    "requests.resume": Way(gettext_lazy("Go on"), StepForm, actions.resume),
    "requests.take_up": Way(gettext_lazy("Take up again"), StepForm, actions.take_up),
    "requests.assign": Way(gettext_lazy("Assign"), AssignForm, actions.assign),
    "requests.join": Way(gettext_lazy("Ask somebody to join"), JoinForm, actions.join),
    "requests.report": Way(gettext_lazy("Report done"), ReportForm, actions.report),
    "requests.close": Way(gettext_lazy("Verify and close"), CloseForm, actions.close),
    "requests.verify": Way(gettext_lazy("Verified, to be called back"), FreeNoteForm, actions.verify),
    "requests.classify": Way(gettext_lazy("Change category"), ClassifyForm, actions.classify),
    "requests.set_urgency": Way(gettext_lazy("Urgent or not"), UrgencyForm, actions.set_urgency),
    "requests.reach": Way(gettext_lazy("Milestone reached"), ReachForm, actions.reach),
    "requests.extend": Way(gettext_lazy("Extend the deadline"), ExtendForm, actions.extend),
    "requests.hold": Way(gettext_lazy("Put on hold"), HoldForm, actions.hold),
    "requests.merge": Way(gettext_lazy("Merge"), MergeForm, actions.merge),
    "requests.return": Way(gettext_lazy("Give back"), NoteForm, actions.return_),
    "requests.defer": Way(gettext_lazy("Cannot be solved now"), NoteForm, actions.defer),
    "requests.refuse": Way(gettext_lazy("Not ours"), NoteForm, actions.refuse),
    "requests.transfer": Way(gettext_lazy("Pass to petitions"), NoteForm, actions.transfer),
    "requests.reopen": Way(gettext_lazy("Reopen"), NoteForm, actions.reopen),
}


@dataclass(frozen=True)
class Offer:
    """One step that `actor` may take now."""

    verb: str
    label: Any
    form: StepForm

    @property
    def name(self) -> str:
        """The step in an address: `accept`."""
        return self.verb.removeprefix("requests.")


def may(actor: User, verb: str, subject: Request) -> bool:
    """Whether `actor` has the right for a verb on this request, its state aside."""
    return _holds(actor, audit.VERBS[verb].right, subject)


def _holds(actor: User, right: str, subject: Request) -> bool:
    if right == "requests.report":
        try:
            return access.allows(actor, right, rules.serving_area(actor, subject))
        except access.NotPermitted:
            return False
    rights = (right, Request.view_right)
    return all(subject.area_id in access.scope_of(actor, each) for each in rights)


def offered(actor: User, subject: Request, among: Collection[str] = WAYS.keys()) -> list[Offer]:
    """The steps that the table has for the request's state and that `actor` has the right for."""
    verbs = set(LIFECYCLE.verbs_from(subject.state)) & WAYS.keys() & set(among)
    possible = {verb: audit.VERBS[verb].right for verb in verbs}
    held = {right for right in set(possible.values()) if _holds(actor, right, subject)}
    offers = (
        Offer(verb, way.label, form_for(verb, subject, actor))
        for verb, way in WAYS.items()
        if verb in possible and possible[verb] in held
    )
    return [offer for offer in offers if offer.form.is_possible]


def form_for(verb: str, subject: Request, actor: User, *data: Any) -> StepForm:
    """The form of a step, bound to `data` (POST, FILES) where there is some."""
    kind = WAYS[verb].form
    extra = {"actor": actor} if kind is MergeForm else {}
    form = kind(*data, subject=subject, **extra)
    if note := form.fields.get("note"):
        note.help_text = _("The resident reads this.") if tells_note(verb) else _("Only among staff.")
    return form


def run(verb: str, subject: Request, form: StepForm, *, by: User) -> None:
    """Take the step with a valid form's values. Raises what the action raises."""
    WAYS[verb].act(subject, by=by, **form.values())
    if read := form.cleaned_data["read"]:
        actions.mark_read(subject, read)


def taken_before(
    verb: str,
    code: str,
    *,
    by: User,
    seen: int,
    note: str = "",
    pictures: Sequence[Picture] = (),
    left: Mapping[str, Any] | None = None,
) -> bool:
    """Whether `by` took this very step already, from the same version, with the same values.

    A bad network sends a form twice; the second one is answered as the first. left: `StepForm.left`.
    """
    entry = AuditEntry.objects.filter(
        kind=audit.kind_of(Request), public_id=code, actor=by, verb=verb, version=seen + 1
    ).first()
    if entry is None or entry.note != note:
        return False
    return entry.data | dict(left or {}) == entry.data and _stored(code, pictures)


def _stored(code: str, pictures: Sequence[Picture]) -> bool:
    if not pictures:
        return True
    photos = Photo.objects.filter(request__code=code, taken=Photo.Taken.DONE)
    kept = set()
    for photo in photos:
        with photo.picture.open("rb") as file:
            kept.add(hashlib.sha256(file.read()).hexdigest())
    return all(picture.digest in kept for picture in pictures)
