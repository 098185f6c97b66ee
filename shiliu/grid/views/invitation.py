"""The one-time link of an invitation: its owner chooses a password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from shiliu.grid import actions, invitations

TOKEN = "grid_invitation"  # noqa: S105 (the name of its place in the session)
HIDDEN = "choose"


@sensitive_post_parameters()
@never_cache
def invitation(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """The token goes into the session at once, so that neither the address line nor a referrer keeps it."""
    user = invitations.invited(name)
    kept = request.session.get(TOKEN, "") if token == HIDDEN else token
    if user is None or not invitations.holds(user, kept):
        return render(request, "grid/invitation_void.html", status=410)
    if token != HIDDEN:
        request.session[TOKEN] = token
        return redirect("invitation", name, HIDDEN)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.join(user, form.cleaned_data["new_password1"])
        del request.session[TOKEN]
        sentence = _("Your password is set. Sign in with the user name %(username)s.")
        messages.success(request, sentence % {"username": user.username})
        return redirect("account_login")
    return render(request, "grid/invitation.html", {"form": form, "person": user})


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """Where allauth sends who is signed in without a password of their own."""
    return render(request, "grid/no_password.html")
