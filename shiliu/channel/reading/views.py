"""How often articles are read, at the desk; and the beacon of pages that proxies keep."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shiliu.channel.models import ArticlePage, OfficialArticle, Reads
from shiliu.channel.reading import actions, lists
from shiliu.channel.reading.forms import MatchForm, TypedReadsForm
from shiliu.channel.serving.middleware import SECONDS
from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.http import StaffRequest
from shiliu.grid.views.paging import Page, page_of


@require_safe
def beacon(request: HttpRequest, code: str) -> HttpResponse:
    """A page that a proxy gave says that it was read. Nothing comes back, and nobody is known by it.

    The reader's group stands in the address of the page that asks (Referer): see `serving.front`.
    """
    article = get_visible_or_404(ArticlePage, request.user, code=code, live=True)
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    if settings.PAGE_SECONDS and not request.user.is_authenticated:
        response.kept_for = SECONDS  # type: ignore[attr-defined]
        response.read_of = article.pk  # type: ignore[attr-defined]
    return response


@login_required
def index(request: StaffRequest) -> HttpResponse:
    """The articles of one's scope, each with its reads to date."""
    access.require_anywhere(request.user, "channel.view")
    found = lists.articles(request.user)
    if request.GET.get("day"):
        found = lists.after(found, request.GET["day"], request.GET.get("after", ""))
    page: Page[ArticlePage] = page_of(
        found, request, lambda it: {"day": str(it.published_on), "after": str(it.pk)}
    )
    totals = lists.totals(request.user, page.rows, timezone.localdate())
    context = {
        "page": page,
        "rows": [(article, totals.get(article.pk, 0)) for article in page.rows],
        "unmatched": lists.official(request.user, "").exists(),
        "fetches": bool(settings.WECHAT_APPID),
    }
    return render(request, "channel/reading/index.html", context)


@login_required
def article(request: StaffRequest, code: str) -> HttpResponse:
    """The reads of an article by day and source; an editor types those of the official account."""
    access.require_anywhere(request.user, "channel.view")
    it = lists.article_or_404(request.user, code)
    initial = {"day": timezone.localdate(), "seen": actions.official_total(it)}
    form = TypedReadsForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        access.require(request.user, "channel.edit", it.area_id)
        status = 422
        if form.is_valid():
            try:
                actions.type_reads(it, by=request.user, **form.cleaned_data)
            except door.StaleState as stale:
                status = _again(form, stale, actions.official_total(it))
            else:
                messages.success(request, _("The reads of that day are on record."))
                return redirect("reads:article", it.code)
    context = {
        "article": it,
        "told": lists.told(request.user, it, request.GET.get("until", ""), timezone.localdate()),
        "sources": Reads.Source.choices,
        "form": form if access.allows(request.user, "channel.edit", it.area_id) else None,
    }
    return render(request, "channel/reading/article.html", context, status=status)


def _again(form: Any, refused: door.Refused, seen: int) -> int:
    """Say it above the form, beside what is now on record: who has looked at that may repeat."""
    form.add_error(None, str(refused))
    form.data = form.data.copy()
    form.data["seen"] = seen
    return 409


@login_required
def official(request: StaffRequest) -> HttpResponse:
    """What the official account told figures of, first of all what is none of our articles yet."""
    access.require_anywhere(request.user, "channel.view")
    show = request.GET.get("show", "")
    found = lists.official(request.user, show)
    number = request.GET.get("after", "")
    if number.isascii() and number.isdigit() and len(number) < 10:
        found = found.filter(pk__lt=int(number))
    page: Page[OfficialArticle] = page_of(found, request, lambda it: {"after": str(it.pk)})
    context = {"page": page, "show": show, "fetch": lists.last_fetch()}
    return render(request, "channel/reading/official.html", context)


@login_required
def match(request: StaffRequest, code: str) -> HttpResponse:
    """Say which of our articles one of the official account is."""
    access.require_anywhere(request.user, "channel.edit")
    it = get_visible_or_404(OfficialArticle, request.user, code=code)
    access.require(request.user, "channel.edit", it.area_id)
    initial = {"article": it.article.code if it.article else "", "seen": it.version}
    form = MatchForm(request.POST or None, initial=initial, articles=lists.articles(request.user))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                actions.match(it, said["article"], by=request.user, seen=said["seen"])
            except door.StaleState as stale:
                it.refresh_from_db()
                status = _again(form, stale, it.version)
            else:
                messages.success(request, _("The figures of the official account go where you said."))
                return redirect("reads:official")
    return render(request, "channel/reading/match.html", {"official": it, "form": form}, status=status)
