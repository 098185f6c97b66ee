"""Groups in the console: which there are, how many are in them, and their bots."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shiliu.channel.groups import actions, forms, lists
from shiliu.channel.models import GridGroup
from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.http import version_of
from shiliu.grid.models import Area
from shiliu.grid.views.paging import Page, page_of

KEEP = "channel.groups"


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The groups of one's scope by area, with how many members each had last."""
    access.require_anywhere(request.user, "channel.view")
    show, code = request.GET.get("show", ""), request.GET.get("area", "")
    area = get_visible_or_404(Area, request.user, code=code) if code else None
    found = lists.groups(request.user, show=show, area=area)
    if request.GET.get("after"):
        found = lists.after(found, request.GET.get("in", ""), request.GET["after"])
    page: Page[GridGroup] = page_of(found, request, lambda it: {"in": it.area_id, "after": it.code})
    lists.told(page.rows)
    context = {
        "page": page,
        "show": show,
        "area": area,
        "areas": lists.communities(request.user)[:200],
        "may_keep": access.holds(request.user, KEEP),
    }
    return render(request, "channel/console/groups.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    access.require_anywhere(request.user, KEEP)
    scope = access.scope_of(request.user, KEEP)
    form = forms.NewGroupForm(request.POST or None, scope=scope, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            group = actions.add_group(form.save(commit=False), by=request.user)
        except door.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("groups:group", group.code)
    status = 422 if form.errors else 200
    context = {"form": form, "title": _("Record a group"), "button": _("Record it")}
    return render(request, "channel/console/group_form.html", context, status=status)


@login_required
def group(request: HttpRequest, code: str) -> HttpResponse:
    """One group: its members over time, whether it has a bot, and what went there last."""
    access.require_anywhere(request.user, "channel.view")
    it = get_visible_or_404(GridGroup, request.user, code=code)
    today, bot, recent = timezone.localdate(), lists.bot_of(it), lists.recent_of(it)
    context = {
        "group": it,
        "over": it.valid_to is not None and it.valid_to < today,
        "bot": bot,
        "counts": lists.counts_of(it),
        "recent": recent,
        "story": lists.story_of(it, bot, recent),
        "may_keep": access.allows(request.user, KEEP, it.area_id),
    }
    return render(request, "channel/console/group.html", context)


Act = Callable[[GridGroup, dict[str, Any]], Any]


def _form(
    request: HttpRequest, code: str, form_class: Any, initial: Callable[[GridGroup], dict[str, Any]], act: Act
) -> tuple[GridGroup, Any, int, bool]:
    """The group, the form as it stands, its status, and whether it was done."""
    access.require_anywhere(request.user, KEEP)
    it = get_visible_or_404(GridGroup, request.user, code=code)
    access.require(request.user, KEEP, it.area_id)
    form = form_class(request.POST or None, initial={"seen": it.version} | initial(it))
    if request.method != "POST":
        return it, form, 200, False
    if not form.is_valid():
        return it, form, 422, False
    try:
        act(it, form.cleaned_data)
    except door.Refused as refused:
        form.add_error(None, str(refused))
        if not isinstance(refused, door.StaleState):
            return it, form, 422, False
        it.refresh_from_db()
        form.data = form.data.copy()
        form.data["seen"] = it.version
        return it, form, 409, False
    return it, form, 200, True


def _page(request: HttpRequest, found: tuple[GridGroup, Any, int, bool], **words: str) -> HttpResponse:
    it, form, status, done = found
    if done:
        messages.success(request, words["said"])
        return redirect("groups:group", it.code)
    return render(
        request, "channel/console/group_form.html", {"form": form, "group": it, **words}, status=status
    )


@login_required
def change(request: HttpRequest, code: str) -> HttpResponse:
    def act(it: GridGroup, said: dict[str, Any]) -> None:
        actions.change_group(
            it, name=said["name"], service=said["service"], by=request.user, seen=said["seen"]
        )

    found = _form(request, code, forms.GroupForm, lambda it: {"name": it.name, "service": it.service}, act)
    return _page(
        request, found, title=_("Change the group"), button=_("Save"), said=_("The group is changed.")
    )


@login_required
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Its last day; nothing more is sent there."""

    def act(it: GridGroup, said: dict[str, Any]) -> None:
        actions.end_group(it, on=said["on"], by=request.user, seen=said["seen"])

    found = _form(request, code, forms.EndGroupForm, lambda it: {"on": timezone.localdate()}, act)
    return _page(
        request,
        found,
        title=_("End the group"),
        button=_("End the group"),
        said=_("The group is ended."),
        lead=_("Nothing more is prepared for it from the next day on, and what waits for it is withdrawn."),
    )


@login_required
def size(request: HttpRequest, code: str) -> HttpResponse:
    """How many members it has: a number."""

    def act(it: GridGroup, said: dict[str, Any]) -> None:
        actions.count_members(
            it, day=said["day"], members=said["members"], by=request.user, seen=said["seen"]
        )

    found = _form(request, code, forms.SizeForm, lambda it: {"day": timezone.localdate()}, act)
    return _page(
        request, found, title=_("Number of members"), button=_("Save"), said=_("The number is saved.")
    )


@login_required
def bot(request: HttpRequest, code: str) -> HttpResponse:
    """Set or replace its bot."""

    def act(it: GridGroup, said: dict[str, Any]) -> None:
        key = {"typed": said["typed"], "secret": said["secret"]}
        actions.set_bot(it, vendor=said["vendor"], by=request.user, seen=said["seen"], **key)

    found = _form(request, code, forms.BotForm, lambda it: {"vendor": it.service}, act)
    return _page(
        request,
        found,
        title=_("Bot of the group"),
        button=_("Save"),
        said=_("The bot is set. Articles published from now on are sent by it."),
    )


@login_required
@require_POST
def remove_bot(request: HttpRequest, code: str) -> HttpResponse:
    access.require_anywhere(request.user, KEEP)
    it = get_visible_or_404(GridGroup, request.user, code=code)
    actions.remove_bot(it, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    messages.success(request, _("The bot is removed, and its key is deleted."))
    return redirect("groups:group", it.code)
