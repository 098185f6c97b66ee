"""Posts in the console: who holds which, vacant ones, and appointments."""

from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.http import version_of
from shiliu.core.models import User
from shiliu.grid import actions, people
from shiliu.grid.forms import AppointForm, EndForm, PostForm
from shiliu.grid.models import Area, Post, Tenure
from shiliu.grid.views.paging import Page, page_of

L = TypeVar("L", Post, Tenure)


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The posts of one's scope by area, with who holds each today."""
    access.require_anywhere(request.user, "grid.view")
    show = request.GET.get("show", "")
    code = request.GET.get("area", "")
    area = get_visible_or_404(Area, request.user, code=code) if code else None
    found = people.posts(request.user, show=show, area=area)
    if request.GET.get("after"):
        found = people.after(found, request.GET.get("in", ""), request.GET["after"])
    page: Page[Post] = page_of(found, request, lambda post: {"in": post.area_id, "after": post.code})
    context = {
        "page": page,
        "show": show,
        "area": area,
        "for": _for(request),
        "may_create": access.holds(request.user, "grid.edit"),
    }
    return render(request, "grid/posts.html", context)


def _for(request: HttpRequest) -> User | None:
    """Who is to be given a post: the list then leads on to giving it."""
    username = request.GET.get("for", "")
    if not username or not access.holds(request.user, "grid.appoint"):
        return None
    return people.seen_by(request.user).filter(username=username).first()


def _visible(model: type[L], request: HttpRequest, code: str, right: str) -> L:
    """A record that this viewer sees, where `right` is held; who holds it nowhere need not ask."""
    access.require_anywhere(request.user, right)
    found = get_visible_or_404(model, request.user, code=code)
    access.require(request.user, right, found.area_id)
    return found


@login_required
def post(request: HttpRequest, code: str) -> HttpResponse:
    """One post: what it may do, who held, holds and will hold it, and its story."""
    it = _visible(Post, request, code, "grid.view")
    held = people.holders_of(it)
    tenures = [*held.now, *held.later, *held.before]
    context = {
        "post": it,
        "held": held,
        "rights": people.in_words(it.role),
        "over": people.is_over(it),
        "appoints": access.scope_of(request.user, "grid.appoint"),
        "may_edit": access.allows(request.user, "grid.edit", it.area_id),
        "story": list(people.story(it, *tenures)) if people.may_see_story(request.user) else None,
    }
    return render(request, "grid/post.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    access.require_anywhere(request.user, "grid.edit")
    scope = access.scope_of(request.user, "grid.edit")
    form = PostForm(request.POST or None, scope=scope, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            it = actions.create_post(form.save(commit=False), by=request.user)
        except door.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("posts:post", it.code)
    return render(request, "grid/post_new.html", {"form": form})


@login_required
def give(request: HttpRequest, code: str) -> HttpResponse:
    """Give the post to somebody, with dates."""
    it = _visible(Post, request, code, "grid.appoint")
    initial = {"seen": it.version, "since": timezone.localdate(), "who": request.GET.get("who", "")}
    form = AppointForm(request.POST or None, initial=initial, people=people.seen_by(request.user))
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.appoint(
                it, said["who"], since=said["since"], until=said["until"], by=request.user, seen=said["seen"]
            )
        except door.Refused as refused:
            status = _refuse(form, refused, it)
        else:
            words = {"name": said["who"].label, "post": it.title}
            messages.success(request, _("%(name)s has the post %(post)s.") % words)
            return redirect("posts:post", it.code)
    context = {"form": form, "post": it, "held": people.holders_of(it)}
    return render(request, "grid/give.html", context, status=status)


def _refuse(form: Any, refused: door.Refused, record: Any) -> int:
    """Say it above the form, beside what is now on record: who has looked at that may repeat."""
    form.add_error(None, str(refused))
    if not isinstance(refused, door.StaleState):
        return 422
    record.refresh_from_db()
    form.data = form.data.copy()
    form.data["seen"] = record.version
    return 409


@login_required
def end_post(request: HttpRequest, code: str) -> HttpResponse:
    """The last day of a post, and with it of whoever holds it."""
    it = _visible(Post, request, code, "grid.edit")
    form = EndForm(request.POST or None, initial={"seen": it.version, "on": timezone.localdate()})
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.end_post(it, on=said["on"], by=request.user, seen=said["seen"])
        except door.Refused as refused:
            status = _refuse(form, refused, it)
        else:
            return redirect("posts:post", it.code)
    context = {"form": form, "post": it, "held": people.holders_of(it)}
    return render(request, "grid/end_post.html", context, status=status)


@login_required
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last day of a tenure."""
    tenure = _visible(Tenure, request, code, "grid.appoint")
    form = EndForm(request.POST or None, initial={"seen": tenure.version, "on": timezone.localdate()})
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.end(tenure, on=said["on"], by=request.user, seen=said["seen"])
        except door.Refused as refused:
            status = _refuse(form, refused, tenure)
        else:
            return redirect("posts:post", tenure.post.code)
    return render(request, "grid/end.html", {"form": form, "tenure": tenure}, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what has not begun."""
    tenure = _visible(Tenure, request, code, "grid.appoint")
    actions.withdraw(tenure, by=request.user, seen=version_of(request.POST.get("seen")) or 0)
    messages.success(request, _("It is withdrawn."))
    return redirect("posts:post", tenure.post.code)
