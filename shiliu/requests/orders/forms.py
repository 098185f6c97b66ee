"""A work order as its hotline writes it, as clean values: the same for a row of a file and for the API."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import worktime
from shiliu.core.exchange import cells
from shiliu.core.personal import normal_phone
from shiliu.grid.models import Area
from shiliu.requests.actions.asking import Order
from shiliu.requests.actions.orders import Coming
from shiliu.requests.models import Category, Request
from shiliu.requests.orders.placing import Places

USUAL_SOURCE = "12345"
ADDRESS = Request._meta.get_field("address").max_length or 0
LONGEST = Request._meta.get_field("words").max_length or 0
AMOUNT = re.compile(r"(\d{1,3})\s*个?\s*(工作日|工作小时|小时|自然日|天|日)\s*(?:以内|内)?")
UNITS = {
    "工作日": worktime.Unit.WORK_DAY,
    "工作小时": worktime.Unit.WORK_HOUR,
    "小时": worktime.Unit.CLOCK_HOUR,
}
FAR = timedelta(days=366)


class OrderForm(forms.Form):
    """Everything but number and words may be missing. `coming` is what `actions.take_in` takes."""

    number = forms.CharField(
        max_length=60,
        error_messages={"required": gettext_lazy("The number of the order is missing. Write it here.")},
    )
    source = forms.CharField(max_length=20, required=False, empty_value=USUAL_SOURCE)
    title = forms.CharField(required=False)
    words = forms.CharField(required=False)
    category = forms.CharField(required=False)
    area = forms.CharField(required=False)
    place = forms.CharField(required=False)
    address = forms.CharField(required=False)
    contact_name = forms.CharField(max_length=60, required=False)
    contact_phone = forms.CharField(max_length=60, required=False)
    called = forms.CharField(required=False)
    sent = forms.CharField(required=False)
    due = forms.CharField(required=False)

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def clean_number(self) -> str:
        return cells.narrow(self.cleaned_data["number"])

    def clean_called(self) -> datetime | None:
        return _moment(self.cleaned_data["called"])

    def clean_sent(self) -> datetime | None:
        return _moment(self.cleaned_data["sent"])

    def clean_due(self) -> datetime | None:
        """A moment; a day, until its end; or so many days or hours from when the order was sent."""
        text = cells.narrow(self.cleaned_data["due"])
        if match := AMOUNT.fullmatch(text):
            return self._due_after(int(match[1]), UNITS.get(match[2], worktime.Unit.CALENDAR_DAY))
        at = _moment(text)
        return at + timedelta(days=1) if at and cells.DAY.fullmatch(text) else at

    def _due_after(self, amount: int, unit: worktime.Unit) -> datetime:
        since = self.cleaned_data.get("sent") or self.cleaned_data.get("called")
        if since is None or abs(since - timezone.now()) > FAR:
            raise ValidationError(
                _("From when on does this count? Fill in 派单时间, or write the deadline as a day.")
            )
        return worktime.deadline(since, amount, unit, self.places.calendar).at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        title, words = cleaned.get("title", ""), cleaned.get("words", "")
        cleaned["words"] = words if title in words else f"{title}\n{words}".strip()
        if not cleaned["words"]:
            self.add_error("words", _("What it is about is missing. Write it here."))
        elif len(cleaned["words"]) > LONGEST:
            sentence = _("This has %(n)d characters. At most %(max)d are possible: shorten it.")
            self.add_error("words", sentence % {"n": len(cleaned["words"]), "max": LONGEST})
        if self.places.category(cleaned.get("category", "")) is None:
            self.add_error("category", _("This category is not known here. Write one of the town's own."))
        return cleaned

    def coming(self) -> Coming:
        """The order, placed; what no field of ours holds stands in the remark."""
        given = self.cleaned_data
        area = self.places.area(given["area"], given["place"], given["address"])
        category: Any = self.places.category(given["category"])
        where = self._where(area)
        name, phone = _contact(given["contact_name"], given["contact_phone"])
        return Coming(
            Order(given["source"], given["number"], given["due"]),
            area,
            category,
            given["words"],
            address=where if len(where) <= ADDRESS else where[: ADDRESS - 1] + "…",
            contact_name=name,
            contact_phone=phone,
            remark=self._remark(category, where),
        )

    def _where(self, area: Area) -> str:
        """The place in the order's own words, without what the area says already."""
        given = self.cleaned_data
        code = "" if given["area"] in self.places.areas else given["area"]
        texts = [text for text in (code, given["place"], given["address"]) if text and text != area.name]
        texts = [text for text in texts if not any(text != other and text in other for other in texts)]
        return " ".join(dict.fromkeys(texts))

    def _remark(self, category: Category, where: str) -> str:
        given = self.cleaned_data
        lines = []
        if not self.places.knows(given["category"], category):
            lines.append(_("Category in the work order: %s") % given["category"])
        if given["called"]:
            lines.append(_("The person called at: %s") % _shown(given["called"]))
        if given["sent"]:
            lines.append(_("Sent by the hotline at: %s") % _shown(given["sent"]))
        if len(where) > ADDRESS:
            lines.append(_("Place in the work order: %s") % where)
        return "\n".join(lines)[:LONGEST]

    def problem(self) -> tuple[str, str]:
        """The first field that is wrong, and its sentence."""
        name, errors = next(iter(self.errors.items()))
        return name, " ".join(str(error) for error in errors)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return cells.read_moment(text)
    except cells.BadCell as error:
        raise ValidationError(str(error)) from None


def _shown(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _contact(name: str, written: str) -> tuple[str, str]:
    """Name and one number to call. What else was written there stays beside the name, encrypted like it."""
    for part in (written, *re.split(r"[\s/,，、;；]+", written)):
        try:
            phone = normal_phone(part) if part else ""
        except ValidationError:
            continue
        rest = "" if part == written else written
        return f"{name} {rest}".strip(), phone
    return f"{name} {written}".strip(), ""
