"""People in the console: who is here, what each may do and why, and accounts."""

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shiliu.core import access, door, receipts
from shiliu.core.models import User
from shiliu.grid import actions, invitations, people, rules
from shiliu.grid.forms import InviteForm, WhoCanForm
from shiliu.grid.views.paging import Page, page_of

LINK_OF = "grid_invitation_of"  # in the session: whose link the next page shows, once


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The people of one's scope."""
    access.require_anywhere(request.user, "grid.view")
    may_invite = access.holds(request.user, "grid.appoint")
    shown = request.GET.get("show", "")
    if shown not in people.SHOWN or (shown == "none" and not may_invite):
        shown = people.SHOWN[0]
    words = request.GET.get("q", "").strip()[:60]
    found = people.listed(request.user, shown, words).filter(username__gt=request.GET.get("after", ""))
    page: Page[User] = page_of(found, request, lambda user: {"after": user.username})
    context = {"page": page, "shown": shown, "words": words, "may_invite": may_invite}
    return render(request, "grid/people.html", context)


def _person(request: HttpRequest, username: str, right: str = "grid.appoint") -> User:
    """Somebody whom this viewer sees, for who holds `right` at all."""
    access.require_anywhere(request.user, right)
    found = people.seen_by(request.user).filter(username=username).first()
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: posts by when, rights and why, the account, and its story. A link is shown once."""
    user = _person(request, username, "grid.view")
    held = people.posts_of(user, request.user)
    link = ""
    if request.session.get(LINK_OF) == user.username:
        del request.session[LINK_OF]
        link = "" if invitations.is_mailed(user) or user.has_usable_password() else invitations.link(user)
    tenures = [*held.now, *held.later, *held.before]
    context = {
        "person": user,
        "held": held,
        "reasons": people.reasons(held.now),
        "appoints": access.scope_of(request.user, "grid.appoint"),
        "may_manage": rules.can_manage(request.user, user),
        "seen": actions.seen_of(user),
        "link": link,
        "qr": segno.make(link, error="m").svg_inline(svgclass="qr", omitsize=True) if link else "",
        "story": list(people.story(user, *tenures)) if people.may_see_story(request.user) else None,
    }
    return render(request, "grid/person.html", context)


@login_required
def who(request: HttpRequest) -> HttpResponse:
    """Who may do what, where: a right and an area give people and the posts behind it."""
    access.require_anywhere(request.user, "grid.view")
    scope = access.scope_of(request.user, "grid.view")
    form = WhoCanForm(request.GET if "right" in request.GET else None, scope=scope)
    found, everybody = None, False
    if form.is_valid():
        everybody = form.cleaned_data["right"] in access.PUBLIC_RIGHTS
        found = list(people.who_can(form.cleaned_data["right"], form.cleaned_data["area"])[: people.MOST + 1])
    context = {"form": form, "found": found and found[: people.MOST], "everybody": everybody}
    return render(request, "grid/who.html", context | {"more": found and len(found) > people.MOST})


# Accounts -------------------------------------------------------------------------------------------------


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """A new account, with a post at once if wanted."""
    access.require_anywhere(request.user, "grid.appoint")
    initial = {"username": f"u-{receipts.new()[:6].lower()}", "post": request.GET.get("post", "")}
    form = InviteForm(request.POST or None, initial=initial, vacant=people.vacant(request.user))
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        user = User(username=said["username"], name=said["name"], email=said["email"])
        try:
            actions.invite(user, by=request.user, post=said["post"], since=said["since"], until=said["until"])
        except door.Refused as refused:
            form.add_error(None, str(refused))
            status = 422
        else:
            messages.success(request, _("%(name)s is invited.") % {"name": user.label})
            return _to_person(request, user)
    return render(request, "grid/invite.html", {"form": form}, status=status)


def _to_person(request: HttpRequest, user: User) -> HttpResponse:
    """On to the person's page, which shows a link once. One that is mailed is its owner's alone: whoever sees
    it can take the account, and its rights may be more than an administrator's.
    """
    if invitations.is_mailed(user):
        messages.info(request, _("A link is on its way to %(email)s.") % {"email": user.email})
    else:
        request.session[LINK_OF] = user.username
    return redirect("people:person", user.username)


@login_required
@require_POST
def renew(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    actions.renew_link(user, by=request.user, seen=request.POST.get("seen", ""))
    return _to_person(request, user)


@login_required
@require_POST
def switch_off(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    actions.switch_off(user, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, _("The account is switched off; its owner is signed out."))
    return redirect("people:person", user.username)


@login_required
@require_POST
def switch_on(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    actions.switch_on(user, by=request.user, seen=request.POST.get("seen", ""))
    return _to_person(request, user)
