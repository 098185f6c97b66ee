"""Deliveries in the console: which articles went into the groups, and who has not got them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shiliu.channel.groups import actions, lists
from shiliu.channel.models import Delivery, DeliveryState
from shiliu.core import access
from shiliu.core.access import get_visible_or_404
from shiliu.core.cursor import Cursor
from shiliu.core.http import version_of
from shiliu.grid.views.paging import SIZE, Page, page_of

MAIN = "channel.view"


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The articles that went into groups, and what has not arrived after a day."""
    access.require_anywhere(request.user, MAIN)
    context = {
        "articles": lists.articles(request.user)[:20],
        "late": lists.not_arrived(request.user)[:5],
        "outages": lists.outages(),
    }
    return render(request, "channel/console/deliveries.html", context)


@login_required
def late(request: HttpRequest) -> HttpResponse:
    """All that has not arrived after a day, and what is unclear, over all articles."""
    access.require_anywhere(request.user, MAIN)
    found = lists.not_arrived(request.user)
    after = Cursor.read(request.GET.get("after", ""))
    rows = list((lists.follow(found, after.at, after.id) if after else found)[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    context = {
        "page": Page(lists.in_words(rows), f"?after={Cursor(rows[-1].made_at, rows[-1].pk)}" if more else ""),
        "outages": lists.outages(),
        "may_post": access.scope_of(request.user, "channel.post"),
    }
    return render(request, "channel/console/late.html", context)


@login_required
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One article in the groups: what arrived, what was opened, group by group."""
    access.require_anywhere(request.user, MAIN)
    it = lists.article_for(request.user, code)
    if it is None:
        raise Http404
    show = request.GET.get("show", "")
    found = lists.deliveries_of(it, request.user, show)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(group_id__gt=int(after))
    page: Page[Delivery] = page_of(found, request, lambda row: {"after": str(row.group_id)})
    lists.with_numbers(page.rows, it)
    context = {
        "article": it,
        "page": page,
        "show": show,
        "coverage": lists.coverage(it, access.scope_of(request.user, MAIN)),
        "outages": lists.outages(),
        "may_post": access.scope_of(request.user, "channel.post"),
        "may_send": access.allows(request.user, "channel.edit", it.area_id),
    }
    return render(request, "channel/console/article.html", context)


@login_required
@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """An editor has an article sent that did not go by itself."""
    access.require_anywhere(request.user, "channel.edit")
    it = lists.article_for(request.user, code)
    if it is None:
        raise Http404
    number = actions.send_to_groups(it, by=request.user)
    messages.success(request, _("It is prepared for %(n)d groups.") % {"n": number})
    return redirect("groups:article", it.code)


@login_required
@require_POST
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """What a person found in the group: posted, there after all, or to be sent once more."""
    if step not in actions.STEPS:
        raise Http404
    access.require_anywhere(request.user, "channel.post")
    it = get_visible_or_404(Delivery, request.user, code=code)
    actions.STEPS[step](it, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    words = {"group": it.group.name, "state": DeliveryState(it.state).label}
    messages.success(request, _("%(group)s: %(state)s.") % words)
    return (
        redirect("groups:late")
        if request.POST.get("back") == "late"
        else redirect("groups:article", it.message.article.code)
    )
