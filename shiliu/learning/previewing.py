"""What readers will see, beside the form in Wagtail's admin, as the editor types it.

It is shown also while something is wrong, with the sentence that says what: a guide's questions are best
mended where one sees them asked. What was typed is kept a day, for this editor alone, as Wagtail does.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from wagtail.admin.models import FormState
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.views.generic.preview import PreviewOnEdit
from wagtail.models import PreviewableMixin
from wagtail.utils.decorators import xframe_options_sameorigin_override

from shiliu.grid import reference

UNNAMED = "preview"  # the code of what has none yet; links of its page need one

Page = Callable[..., HttpResponse]


class Shown(PreviewableMixin):
    """A record as it stands in a form. page: what draws it, with the sentences on what is wrong."""

    def __init__(self, it: Any, page: Page, faults: list[str]) -> None:
        self.it, self.page, self.faults = it, page, faults
        self.language = translation.get_language()

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """In the editor's own language: the request that Wagtail makes up does not know it."""
        with translation.override(self.language):
            return self.page(request, self.it, faults=self.faults)


def faults_of(form: Any) -> list[str]:
    """What is wrong with what was typed; what is still empty is no fault yet."""
    told = []
    for name, errors in form.errors.items():
        if name not in form.fields:
            told += errors
        elif form[name].value() not in (None, ""):
            told += [f"{form.fields[name].label}: {each}" for each in errors]
    return told


def _nothing(request: HttpRequest, it: Any, *, faults: list[str]) -> HttpResponse:
    return HttpResponse()


class Preview(PreviewOnEdit):
    """Keeps what was typed (POST), draws it (GET), forgets it (DELETE)."""

    page = staticmethod(_nothing)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super(PreviewOnEdit, self).dispatch(
            request, *args, **kwargs
        )  # the record itself draws nothing

    def get_object(self) -> Any:
        """Outside the scope a row does not exist."""
        if "pk" not in self.kwargs:
            return self.model()
        rows = reference.in_scope(self.model, self.request.user, self.permission_policy.right)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        self.remove_old_preview_data()
        FormState.objects.update_or_create_by_instance(
            instance=self.object,
            parent_object_id=self.parent_object_id,
            user=request.user,
            defaults={"data": request.POST.urlencode(), "last_updated_at": now()},
        )
        return JsonResponse({"is_valid": True, "is_available": True})

    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = self._get_form_state()
        form = self.get_form(QueryDict(state.data) if state else {})
        form.is_preview = True
        if form.is_bound:
            form.full_clean()
        it = form.instance
        it.code = it.code or UNNAMED
        shown = Shown(it, self.page, faults_of(form))
        return shown.make_preview_request(request, shown.default_preview_mode, self.get_extra_request_attrs())


class Panel(PreviewSidePanel):
    template_name = "learning/_preview_panel.html"


class _Panelled:
    """A form with the preview at its side."""

    preview_url_name = ""

    def get_side_panels(self: Any) -> MediaContainer:
        shown, pk = Shown(self.form.instance, _nothing, []), self.form.instance.pk
        url = reverse(self.preview_url_name, args=[pk] if pk else [])
        others = list(super().get_side_panels())  # type: ignore[misc]
        return MediaContainer([*others, Panel(shown, self.request, preview_url=url)])


class Create(_Panelled, reference.Create):
    pass


class Edit(_Panelled, reference.Edit):
    pass


class Previewed(reference.Reference):
    """Reference data that has a page for readers. page: what draws it."""

    page = staticmethod(_nothing)
    add_view_class, edit_view_class = Create, Edit

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        name = self.get_url_name("preview_on_add")
        return super().get_add_view_kwargs(preview_url_name=name, **kwargs)

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        name = self.get_url_name("preview_on_edit")
        return super().get_edit_view_kwargs(preview_url_name=name, **kwargs)

    def preview_view(self, *, for_update: bool) -> Any:
        form_class = self.get_form_class(for_update=for_update)
        needed = "change" if for_update else "add"
        return self.construct_view(Preview, form_class=form_class, permission_required=needed, page=self.page)

    def get_urlpatterns(self) -> list[Any]:
        on_add, on_edit = (self.preview_view(for_update=it) for it in (False, True))
        return [
            *super().get_urlpatterns(),
            path("preview/", on_add, name="preview_on_add"),
            path(f"preview/<{self.pk_path_converter}:pk>/", on_edit, name="preview_on_edit"),
        ]
