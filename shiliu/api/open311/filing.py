"""A report as a client sends it, as what `requests.actions.ask` takes.

Location: the area of address_id, else the one whose boundary holds lat and long, else the client's town.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.api.models import Client
from shiliu.api.open311.reading import Faults, given, is_true, no_service, read_moment
from shiliu.core.areas import Scope
from shiliu.core.personal import normal_phone, scan_personal
from shiliu.grid.locating import area_at, of_degrees
from shiliu.grid.models import Area, Boundary
from shiliu.grid.scopes import within
from shiliu.requests import questions
from shiliu.requests.actions.asking import Place
from shiliu.requests.models import Category, CategoryQuestion

WORDS, ADDRESS, NAME, URL = 4000, 200, 60, 500  # characters
ATTRIBUTE = re.compile(r"attribute\[([^\[\]]*)\](\[\])?")
Values = dict[str, Any]


def report(data: QueryDict, client: Client) -> Values:
    """What the action takes besides who asks. Faults with everything that is wrong with it."""
    category = service(given(data, "service_code"))
    faults: list[str] = []
    values: Values = {"category": category}
    for part in (_words, _contact, _answers, _location):
        try:
            values |= part(data, category, client)
        except Faults as fault:
            faults += fault.sentences
    if faults:
        raise Faults(400, *faults)
    return values


def service(code: str) -> Category:
    """The category that may be asked for; 404 where there is none."""
    if not code:
        raise Faults(400, _("service_code is missing."))
    found = Category.objects.offered().filter(code=code).prefetch_related("questions").first()
    if found is None:
        raise no_service(code)
    return found


# Words ----------------------------------------------------------------------------------------------------


def _words(data: QueryDict, category: Category, client: Client) -> Values:
    """The description; the service's name where there is none, since a request has words. A picture's address
    stands below as it came: we fetch nothing from elsewhere.
    """
    description, url = given(data, "description"), given(data, "media_url")
    faults = []
    if len(description) > WORDS:
        faults.append(_("description has %(n)d characters; at most 4,000.") % {"n": len(description)})
    else:
        faults += _numbers(data, "description", description)
    if url and not _is_link(url):
        faults.append(_("media_url is no address that begins with http:// or https://."))
    if faults:
        raise Faults(400, *faults)
    return {"words": "\n\n".join(filter(None, (description or category.name, url)))}


def _numbers(data: QueryDict, name: str, text: str) -> list[str]:
    """What is said of personal numbers in a text; the residents' form asks the same."""
    if not scan_personal(text) or is_true(data, "keep_numbers"):
        return []
    sentence = _(
        "There is a telephone or ID number in %(name)s. Take it out, a telephone number has the argument "
        "phone; or send keep_numbers=true."
    )
    return [sentence % {"name": name}]


def _is_link(url: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return len(url) <= URL


# Who ------------------------------------------------------------------------------------------------------


def _contact(data: QueryDict, category: Category, client: Client) -> Values:
    faults = []
    name, email = _name(data), given(data, "email")
    phone = given(data, "phone")
    try:
        phone = normal_phone(phone) if phone else ""
    except ValidationError as error:
        faults += [f"phone: {sentence}" for sentence in error.messages]
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        faults += [f"email: {sentence}" for sentence in error.messages]
    if len(name) > NAME:
        faults.append(_("first_name and last_name have at most %(most)d characters.") % {"most": NAME})
    if not (faults or category.allows_anonymous or phone or email):
        faults.append(_("This service needs a way to answer. Give phone or email."))
    if faults:
        raise Faults(400, *faults)
    return {"contact_name": name, "contact_phone": phone, "contact_email": email}


def _name(data: QueryDict) -> str:
    first, last = given(data, "first_name"), given(data, "last_name")
    if re.search("[\u3400-\u9fff]", first + last):
        return last + first
    return f"{first} {last}".strip()


# What the service asks -----------------------------------------------------------------------------------


def _answers(data: QueryDict, category: Category, client: Client) -> Values:
    asked = {question.name: question for question in questions.asked(category)}
    sent = _attributes(data)
    if strange := sorted(sent.keys() - asked.keys()):
        raise Faults(
            400, *(_("This service has no attribute “%(code)s”.") % {"code": code[:40]} for code in strange)
        )
    faults, answers = [], {}
    for code, values in sent.items():
        if len(values) > 1 and asked[code].datatype != CategoryQuestion.Datatype.MANY_OF:
            faults.append(_("The attribute “%(code)s” takes one value.") % {"code": code})
        else:
            answers[code] = _answer(asked[code], values)
    try:
        clean = questions.check(asked.values(), answers)
    except ValidationError as error:
        faults += _sentences(error.message_dict)
    else:
        for name, answer in clean.items():
            if isinstance(answer, str):
                faults += _numbers(data, f"attribute[{name}]", answer)
    if faults:
        raise Faults(400, *faults)
    return {"answers": clean}


def _attributes(data: QueryDict) -> dict[str, list[str]]:
    """`attribute[code]=v` and `attribute[code][]=v`, empty ones left out."""
    sent: dict[str, list[str]] = {}
    for name in data:
        if match := ATTRIBUTE.fullmatch(name):
            values = [value.replace("\0", "").strip() for value in data.getlist(name)]
            sent.setdefault(match[1], []).extend(filter(None, values))
    return {code: values for code, values in sent.items() if values}


def _answer(question: CategoryQuestion, values: list[str]) -> str | list[str]:
    """As the form's field takes it: a list of choices, or one text; of a date and time the day."""
    if question.datatype == CategoryQuestion.Datatype.MANY_OF:
        return values
    if question.datatype == CategoryQuestion.Datatype.DATE and (moment := read_moment(values[0])):
        return timezone.localdate(moment).isoformat()
    return values[0]


def _sentences(faults: Mapping[str, list[str]]) -> list[str]:
    return [f"attribute[{name}]: {sentence}" for name, sentences in faults.items() for sentence in sentences]


# Where ----------------------------------------------------------------------------------------------------


def _location(data: QueryDict, category: Category, client: Client) -> Values:
    address, address_id = given(data, "address_string"), given(data, "address_id")
    place = _place(given(data, "lat"), given(data, "long"))
    if not (place or address or address_id):
        raise Faults(400, _("Say where: lat and long, address_string or address_id."))
    if len(address) > ADDRESS:
        raise Faults(400, _("address_string has at most %(most)d characters.") % {"most": ADDRESS})
    if faults := _numbers(data, "address_string", address):
        raise Faults(400, *faults)
    return {"area": _area(client, address_id, place), "address": address, "place": place}


def _place(lat: str, long: str) -> Place | None:
    if not lat and not long:
        return None
    if not (lat and long):
        raise Faults(400, _("lat and long come together."))
    return Place(_degrees("lat", lat, 90), _degrees("long", long, 180))


def _degrees(name: str, text: str, most: int) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= 40 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > most:
        raise Faults(400, _("%(name)s is a number of degrees, WGS-84, like %(like)s.") % _like(name))
    return round(number, 6)


def _like(name: str) -> dict[str, str]:
    return {"name": name, "like": "40.657400" if name == "lat" else "109.840300"}


def _area(client: Client, address_id: str, place: Place | None) -> Area:
    here = within([client.area_id])
    if address_id:
        return _area_of(address_id, here)
    if place is None:
        return client.area
    if found := area_at(of_degrees(place.lat, place.long), client.area_id):
        return found
    if Boundary.objects.filter(area=client.area_id).exists():
        raise Faults(400, _("lat and long lie outside %(town)s.") % {"town": client.area.name})
    return client.area


def _area_of(address_id: str, here: Scope) -> Area:
    found = Area.objects.on(timezone.localdate()).filter(code=address_id).first()
    if found is None or found.code not in here:
        raise Faults(
            400,
            _("There is no area “%(code)s” here. address_id is an area's code.") % {"code": address_id[:40]},
        )
    return found
