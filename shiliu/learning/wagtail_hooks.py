"""The learning library and policy guides in Wagtail's admin."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ClearableFileInput, Select
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel

from shiliu.core import links
from shiliu.grid import reference
from shiliu.grid.choosing import RecordChooser
from shiliu.grid.models import Unit
from shiliu.grid.wagtail_hooks import DAYS
from shiliu.learning import files, views
from shiliu.learning.models import Guide, Resource
from shiliu.learning.previewing import Previewed
from shiliu.learning.rules import EDIT

CATEGORY = "requests.category"
CODE = FieldPanel("code", help_text=_("The name under which it is imported. Fixed once it is stored."))
AREA = FieldPanel("area", widget=Select, help_text=_("For whose residents it is. Fixed once it is stored."))


class ResourceFilters(reference.DatedFilters):
    class Meta:
        model = Resource
        fields = ["kind", "language", "topic"]


class GuideFilters(reference.DatedFilters):
    class Meta:
        model = Guide
        fields = ["language", "is_example"]


@dataclass(frozen=True)
class Stored:
    """A file that is kept already, as the form shows it: by the address from which readers get it."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.name


class FileInput(ClearableFileInput):
    """A private file has no address of its own, so the form says which one it has."""

    address = ""

    def is_initial(self, value: Any) -> bool:
        return bool(value) and bool(self.address)

    def format_value(self, value: Any) -> Stored | None:
        return Stored(str(value), self.address) if self.is_initial(value) else None


class NewForm(reference.ReferenceForm):
    """A new one begins as it is mostly meant: from today on, for the whole area of one's post."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["valid_from"] = timezone.localdate()
            self.initial["area"] = self.fields["area"].queryset.values_list("code", flat=True).first()


class ResourceForm(NewForm):
    """A file is looked at before it is kept, and kept under a name of our own."""

    is_preview = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.file:
            self.fields["file"].widget.address = reverse("learning:file", args=[self.instance.code])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            files.check(file)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            cleaned.get("kind") == Resource.Kind.FILE
            and not cleaned.get("file")
            and not self.is_preview  # which holds no files
            and "file" not in self.errors
        ):
            self.add_error("file", ValidationError(gettext("Choose the file, or another kind.")))
        return cleaned

    def _post_clean(self) -> None:
        """Only what is right in every field is kept; what the model says of it comes afterwards."""
        if not self.errors and "file" in self.changed_data:
            file = self.cleaned_data["file"]
            self.cleaned_data["file"] = files.store(file) if file else ""
        super()._post_clean()

    def changes(self) -> dict[str, list[Any]]:
        told = super().changes()
        if "file" in told:
            told["file"] = [str(each or "") for each in told["file"]]
        return told


class Resources(Previewed):
    model = Resource
    page = staticmethod(views.resource_page)
    right = EDIT
    form = ResourceForm
    icon = "doc-full"
    list_display = ["title", "code", "kind", "topic", "language", "valid_from", "valid_to"]
    filterset_class = ResourceFilters
    search_fields = ["title", "code", "provider", "topic"]
    fields_shown = [
        FieldPanel("title"),
        FieldPanel("kind"),
        FieldPanel("summary", help_text=_("One or two plain sentences.")),
        FieldRowPanel([FieldPanel("provider"), FieldPanel("topic")]),
        FieldRowPanel([FieldPanel("language"), FieldPanel("minutes")]),
        FieldPanel("audience", help_text=_("Such as “grid workers”. Empty for everybody.")),
        FieldPanel("link", help_text=_("Of a page on the web, or of the meeting.")),
        FieldPanel(
            "file", widget=FileInput, help_text=_("PDF, Word, Excel, slides, a picture, sound or film.")
        ),
        MultiFieldPanel(
            [
                FieldPanel("starts_at"),
                FieldPanel("join", help_text=_("The service and the meeting's number, or the room.")),
            ],
            heading=_("Live session"),
        ),
        FieldPanel("text", help_text=_("Readers can save it on the phone and read it without network.")),
        AREA,
        DAYS,
        CODE,
    ]


class GuideForm(NewForm):
    """The office stands, and the category is one that can be asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.order_by("code")

    def clean_category(self) -> str:
        code = self.cleaned_data["category"].strip()
        if code and code != self.instance.category:
            found = links.resolve(CATEGORY, code, self.for_user)
            if found is None or not found.url:
                sentence = gettext(
                    "“%(code)s” is no category that can be asked for. Look under “Categories”."
                )
                raise ValidationError(sentence, params={"code": code})
        return code

    def changes(self) -> dict[str, list[Any]]:
        """Of the office its name, not its key."""
        told = super().changes()
        if "unit" in told:
            was = self.fields["unit"].queryset.filter(pk=self.initial.get("unit")).first()
            told["unit"] = [str(each) if each else None for each in (was, self.cleaned_data["unit"])]
        return told


class Guides(Previewed):
    model = Guide
    page = staticmethod(views.guide_page)
    right = EDIT
    form = GuideForm
    icon = "help"
    list_display = ["title", "code", "language", "is_example", "valid_from", "valid_to"]
    filterset_class = GuideFilters
    search_fields = ["title", "code", "source"]
    fields_shown = [
        FieldPanel("title"),
        FieldPanel("is_example", help_text=_("Its page then says that it is no rule of this place.")),
        FieldPanel("summary", help_text=_("What it is about, in a plain sentence.")),
        FieldPanel("gives"),
        MultiFieldPanel(
            [HelpPanel(template="learning/_questions_panel.html"), FieldPanel("questions")],
            heading=_("Questions"),
        ),
        FieldPanel("papers", help_text=_("One on each line.")),
        MultiFieldPanel(
            [
                FieldPanel("unit"),
                FieldPanel("place", help_text=_("The room, and the telephone: it is called by a tap.")),
                FieldPanel("hours"),
                FieldPanel("takes"),
                FieldPanel(
                    "category",
                    widget=RecordChooser(CATEGORY),
                    help_text=_("What the button under a result asks for."),
                ),
            ],
            heading=_("Office"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("source", help_text=_("The full name of the rule.")),
                FieldRowPanel([FieldPanel("source_number"), FieldPanel("source_date")]),
                FieldPanel("source_link"),
                FieldPanel("local", help_text=_("Such as amounts and ages that the county sets.")),
            ],
            heading=_("Rule"),
        ),
        FieldPanel("language"),
        AREA,
        DAYS,
        CODE,
    ]


@hooks.register("register_admin_viewset")
def learning() -> list[Previewed]:
    return [Resources(), Guides()]
