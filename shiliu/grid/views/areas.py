"""Areas in the console: what one became."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.areas import CODE
from shiliu.grid import actions, rules
from shiliu.grid.forms import SucceedForm
from shiliu.grid.models import Area


@login_required
def succeed(request: HttpRequest, code: str) -> HttpResponse:
    """Record that an area became another one."""
    access.require_anywhere(request.user, rules.EDIT)
    if not CODE.fullmatch(code):  # PostgreSQL refuses to look for a NUL
        raise Http404
    area = get_visible_or_404(Area, request.user, code=code)
    access.require(request.user, rules.EDIT, area.code)
    scope = access.scope_of(request.user, rules.EDIT)
    form = SucceedForm(request.POST or None, initial={"seen": area.version}, area=area, scope=scope)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.succeed(area, said["successor"], day=said["day"], by=request.user, seen=said["seen"])
        except door.Refused as refused:
            form.add_error(None, str(refused))
            area.refresh_from_db()
            form.data = form.data.copy()
            form.data["seen"] = area.version
            status = 409 if isinstance(refused, door.StaleState) else 422
        else:
            names = {"area": area.name, "successor": said["successor"].name}
            messages.success(request, _("It is recorded that %(area)s became %(successor)s.") % names)
            return redirect("area", area.code)
    return render(request, "grid/succeed.html", {"form": form, "area": area}, status=status)
