"""Choosing a record of `core.links` in Wagtail's admin: by words, from a list that says how each one stands.

What is stored is the record's public id. Offered is what the public may see in the areas of one's posts;
whoever pastes an address or a code finds that record wherever it is.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import BaseChooser
from wagtail.blocks import CharBlock

from shiliu.core import access, links
from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.grid.models import Area
from shiliu.grid.scopes import within

MOST = 50  # whoever does not find it among these types another word
AREA = "grid.area"
_PARTS = re.compile(r"[\s/?&=#]+")


def scope_of(user: Any) -> Scope:
    """The areas of all posts that somebody holds today; everywhere for the install's superuser."""
    if user.is_superuser:
        return EVERYWHERE
    return within([grant.area for grant in access.grants_of(user)])


def found(kind: str, words: str, scope: Scope) -> list[links.Card]:
    """What is offered for some words: first the record whose code or address they are."""
    named = links.presented([(kind, part) for part in _PARTS.split(words)[:20] if part])
    others = links.offered(kind, words, scope, MOST)
    codes = {card.public_id for card in named.values()}
    return [*named.values(), *(card for card in others if card.public_id not in codes)]


class WordsForm(BaseFilterForm):
    q = forms.CharField(
        label=gettext_lazy("Words, a code or an address"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class _Listing:
    """What both views of the list have in common."""

    kind = ""
    filter_form_class = WordsForm
    request: HttpRequest
    filter_form: Any

    def get_object_list(self) -> list[links.Card]:
        words = self.filter_form.cleaned_data["q"] if self.filter_form.is_valid() else ""
        self.filter_form.is_searching, self.filter_form.search_query = bool(words), words
        return found(self.kind, words, scope_of(self.request.user))

    def apply_object_list_ordering(self, objects: list[links.Card]) -> list[links.Card]:
        return objects

    def filter_object_list(self, objects: list[links.Card]) -> list[links.Card]:
        return objects

    def can_create(self) -> bool:
        return False

    def get_results_url(self) -> str:
        return reverse("choose_records:results", args=[self.kind])

    @property
    def columns(self) -> list[Column]:
        def chosen(card: links.Card) -> str:
            return reverse("choose_records:chosen", args=[self.kind, card.public_id])

        to_choose = {"data-chooser-modal-choice": True}
        return [
            TitleColumn("label", label=_("Name"), get_url=chosen, link_attrs=to_choose),
            Column("note", label=_("How it stands")),
            Column("public_id", label=_("Code")),
        ]

    def get(self, request: HttpRequest, kind: str) -> Any:
        self.kind = _known(kind)
        self.page_title = links.OFFERED[kind].title
        return super().get(request)  # type: ignore[misc]


class ChooseView(_Listing, chooser.ChooseView):
    icon = "link"


class ResultsView(_Listing, chooser.ChooseResultsView):
    pass


class ChosenView(chooser.ChosenView):
    kind = ""

    def get(self, request: HttpRequest, kind: str, code: str) -> Any:
        self.kind = _known(kind)
        return super().get(request, code)

    def get_object(self, pk: str) -> links.Card:
        card = links.presented([(self.kind, pk)]).get((self.kind, pk))
        if card is None:
            raise ObjectDoesNotExist
        return card

    def get_chosen_response_data(self, item: links.Card) -> dict[str, Any]:
        return told(item)


def _known(kind: str) -> str:
    if kind not in links.OFFERED:
        raise Http404
    return kind


def told(card: links.Card) -> dict[str, Any]:
    """A card as the form shows it."""
    title = f"{card.label} · {card.note}" if card.note else card.label
    return {"id": card.public_id, "title": title, "edit_url": card.url or None}


class Choosing(ViewSet):
    """The addresses at which one chooses, for all kinds."""

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<str:kind>/", ChooseView.as_view(), name="choose"),
            path("<str:kind>/results/", ResultsView.as_view(), name="results"),
            path("<str:kind>/<str:code>/", ChosenView.as_view(), name="chosen"),
        ]


class RecordChooser(BaseChooser):
    """Chooses a record of one kind; its value is the record's public id."""

    choose_another_text = gettext_lazy("Choose another one")
    link_to_chosen_text = gettext_lazy("Look at it")
    icon = "link"

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    @property
    def choose_one_text(self) -> Any:
        """Asked for when it is shown: then every app has said what it offers."""
        return links.OFFERED[self.kind].title

    def get_chooser_modal_url(self) -> str:
        return reverse("choose_records:choose", args=[self.kind])

    def get_value_data(self, value: str | None) -> dict[str, Any] | None:
        if not value:
            return None
        card = links.presented([(self.kind, value)]).get((self.kind, value))
        hidden = _("%(code)s: the public sees nothing of it now") % {"code": value}
        return told(card) if card else {"id": value, "title": hidden, "edit_url": None}


class RecordBlock(CharBlock):
    """A public id that is chosen. In migrations it is the text that it is in the database."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.field.widget = RecordChooser(kind)
        self.field.widget.is_required = self.field.required

    def get_form_state(self, value: Any) -> dict[str, Any] | None:
        widget: RecordChooser = self.field.widget  # type: ignore[assignment]
        return widget.get_value_data(value)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _path, _args, kwargs = super().deconstruct()
        return "wagtail.blocks.CharBlock", (), kwargs


def areas(codes: list[str]) -> list[links.Card]:
    return [_area(it) for it in Area.objects.filter(code__in=codes)]


def offered_areas(words: list[str], scope: Scope, most: int) -> list[links.Card]:
    """From the town down to the grids."""
    rows = Area.objects.located().filter(scope.q(), links.holding(words, "name"))
    return [_area(it) for it in rows.order_by("code")[:most]]


def _area(it: Area) -> links.Card:
    ended = _("until %(day)s") % {"day": it.valid_to} if it.valid_to else ""
    return links.Card(it.code, it.name, ended, reverse("area", args=[it.code]))


links.present(AREA, areas)
links.offer(AREA, gettext_lazy("Choose an area"), offered_areas)
