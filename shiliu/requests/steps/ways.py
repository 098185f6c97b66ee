"""Which steps somebody may take now, and taking one."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit
from shiliu.core.models import AuditEntry, User
from shiliu.core.pictures import Picture
from shiliu.requests import actions, rules
from shiliu.requests.models import Photo, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.steps.forms import (
    AcceptForm,
    AssignForm,
    ClassifyForm,
    CloseForm,
    ExtendForm,
    FreeNoteForm,
    HoldForm,
    JoinForm,
    MergeForm,
    MoveForm,
    NoteForm,
    ReachForm,
    ReportForm,
    StepForm,
    UrgencyForm,
)
from shiliu.requests.story import tells_note


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
    "requests.move": Way(gettext_lazy("Change the place"), MoveForm, actions.move),
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


def require(actor: User, verb: str, subject: Request) -> None:
    """NotPermitted for whoever has no right for a verb on this request."""
    if not may(actor, verb, subject):
        access.require(actor, audit.VERBS[verb].right, subject.area_id)
        raise access.NotPermitted(
            _("This request went to another team. Ask the coordinator if it should be yours.")
        )


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
    extra = {"actor": actor} if kind in (MergeForm, MoveForm) else {}
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
) -> AuditEntry | None:
    """The entry of it, if `by` took this very step already, from the same version, with the same values.

    A bad network sends a form twice; the second one is answered as the first. left: `StepForm.left`.
    """
    entry = AuditEntry.objects.filter(
        kind=audit.kind_of(Request), public_id=code, actor=by, verb=verb, version=seen + 1
    ).first()
    if entry is None or entry.note != note or entry.data | dict(left or {}) != entry.data:
        return None
    return entry if _stored(code, pictures) else None


def _stored(code: str, pictures: Sequence[Picture]) -> bool:
    if not pictures:
        return True
    photos = Photo.objects.filter(request__code=code, taken=Photo.Taken.DONE)
    kept = set()
    for photo in photos:
        with photo.picture.open("rb") as file:
            kept.add(hashlib.sha256(file.read()).hexdigest())
    return all(picture.digest in kept for picture in pictures)
