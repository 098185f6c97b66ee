"""The grid worker's page: what is to be posted into the groups that have no bot."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.channel.groups import actions, lists, words
from shiliu.channel.models import Delivery
from shiliu.core import access
from shiliu.core.access import get_visible_or_404
from shiliu.core.cursor import Cursor
from shiliu.core.http import version_of

PAGE = 10


@login_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The text to copy, the link as a QR code, and the button, for each group; what was posted today."""
    access.require_anywhere(request.user, "channel.post")
    found = lists.to_post(request.user)
    after = Cursor.read(request.GET.get("after", ""))
    rows = list((lists.follow(found, after.at, after.id) if after else found)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    cards = [
        {
            "it": row,
            "text": words.whole_text(row),
            "link": words.link_of(row.group, row.message.article),
        }
        for row in rows
    ]
    context = {
        "cards": cards,
        "page": {"next": f"?after={Cursor(rows[-1].made_at, rows[-1].pk)}" if more else ""},
        "first": after is None,
        "posted": lists.posted_lately(request.user),
    }
    return render(request, "channel/field/groups.html", context)


@login_required
@require_POST
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """It is posted, or that was a mistake. The browser goes back to the list."""
    if step not in ("post", "unpost"):
        raise Http404
    access.require_anywhere(request.user, "channel.post")
    delivery = get_visible_or_404(Delivery, request.user, code=code)
    actions.STEPS[step](delivery, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    name = {"group": delivery.group.name}
    said = _("Posted into %(group)s.") if step == "post" else _("It waits for %(group)s again.")
    messages.success(request, said % name)
    return redirect("field_groups:waiting")
