"""The console's pages: programs with a key, and one's own access tokens. What is new is shown once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.api import actions
from shiliu.api.forms import ClientForm, TokenForm
from shiliu.api.listing import clients_of, find_token, tokens_of
from shiliu.api.models import Client
from shiliu.api.rules import MANAGE, TOKEN
from shiliu.core import access
from shiliu.core.door import Refused
from shiliu.core.http import StaffRequest, version_of


@login_required
@never_cache
@require_safe
def clients(request: StaffRequest) -> HttpResponse:
    """The programs that have or had a key in one's towns."""
    access.require_anywhere(request.user, MANAGE)
    return render(request, "api/clients.html", {"clients": clients_of(request.user)})


@login_required
@never_cache
def new_client(request: StaffRequest) -> HttpResponse:
    """Give a program a key; the answer to the form shows it, and nothing else ever does."""
    access.require_anywhere(request.user, MANAGE)
    sent = (request.POST,) if request.method == "POST" else ()
    form = ClientForm(*sent, scope=access.scope_of(request.user, MANAGE))
    if sent and form.is_valid():
        try:
            client, key = actions.add_client(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "api/shown_once.html", {"made": client, "key": key, "is_client": True})
    status = 422 if form.errors else 200
    return render(request, "api/new_client.html", {"form": form}, status=status)


@login_required
@require_POST
def revoke_client(request: StaffRequest, code: str) -> HttpResponse:
    access.require_anywhere(request.user, MANAGE)
    client = access.get_visible_or_404(Client, request.user, code=code)
    actions.revoke_client(client, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    messages.success(request, _("The key of %(name)s opens nothing any more.") % {"name": client.name})
    return redirect("api:clients")


@login_required
@never_cache
@require_safe
def tokens(request: StaffRequest) -> HttpResponse:
    """One's own access tokens."""
    access.require_anywhere(request.user, TOKEN)
    context = {"tokens": tokens_of(request.user), "today": timezone.localdate()}
    return render(request, "api/tokens.html", context)


@login_required
@never_cache
def new_token(request: StaffRequest) -> HttpResponse:
    """Make an access token; the answer to the form shows it, and nothing else ever does."""
    access.require_anywhere(request.user, TOKEN)
    sent = (request.POST,) if request.method == "POST" else ()
    form = TokenForm(*sent)
    if sent and form.is_valid():
        try:
            token, text = actions.make_token(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("expires_on", str(refused))
        else:
            return render(request, "api/shown_once.html", {"made": token, "key": text, "is_client": False})
    status = 422 if form.errors else 200
    return render(request, "api/new_token.html", {"form": form}, status=status)


@login_required
@require_POST
def revoke_token(request: StaffRequest, code: str) -> HttpResponse:
    access.require_anywhere(request.user, TOKEN)
    token = find_token(request.user, code)
    actions.revoke_token(token, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("api:tokens")
