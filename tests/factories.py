"""Records for tests: each function makes what it is named after and nothing else; all people are invented.

The places are two towns of an invented county. In the first, two communities have two grids each:

    990001 Test county
    ├── 990001100 First town        ├── …001 East   ├── …001001 east_1   └── …001002 east_2
    │                               └── …002 West   ├── …002001 west_1   └── …002002 west_2
    └── 990001200 Second town       └── …001 Far    └── …001001 far_1
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale

from shiliu.aid.models import Payment, Programme
from shiliu.api import keys
from shiliu.api.models import AccessToken, Client
from shiliu.channel.actions import open_channel
from shiliu.channel.models import (
    ArticlePage,
    ColumnPage,
    Delivery,
    GridGroup,
    GroupSize,
    Message,
    OfficialArticle,
    Reads,
)
from shiliu.core import access, areas
from shiliu.core.figures import FIGURES
from shiliu.core.models import User
from shiliu.core.personal import phone_digest
from shiliu.core.pictures import Picture
from shiliu.figures.models import SignedContent, SignedReport, Signing
from shiliu.figures.signing import seal
from shiliu.grid.models import Area, Post, Succession, Tenure, Unit
from shiliu.learning.models import Guide, Resource
from shiliu.plan.models import Decision, Meeting, Task
from shiliu.requests.models import (
    ENDED,
    WITH_LEAD,
    CallBack,
    Category,
    Part,
    Photo,
    Recording,
    Request,
    State,
)
from shiliu.venues.models import Activity, Award, Lecturer, Talk, Venue
from shiliu.volunteers.models import Membership, Strand, Team, Volunteer
from shiliu.works.models import Item, Measurement, Project

M = TypeVar("M", bound=Model)
LONG_AGO = date(2020, 1, 1)
DAY = date(2023, 5, 10)  # an ordinary Wednesday
PASSWORD = "绯红-Granat-9031"  # noqa: S105 (opens nothing but tests)


def _make(model: type[M], given: dict[str, Any], **usual: Any) -> M:
    return model._default_manager.create(**usual | given)


# Places ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Places:
    county: Area
    town: Area
    east: Area
    east_1: Area
    east_2: Area
    west: Area
    west_1: Area
    west_2: Area
    other_town: Area
    far: Area
    far_1: Area


CODES = {
    "county": "990001",
    "town": "990001100",
    "east": "990001100001",
    "east_1": "990001100001001",
    "east_2": "990001100001002",
    "west": "990001100002",
    "west_1": "990001100002001",
    "west_2": "990001100002002",
    "other_town": "990001200",
    "far": "990001200001",
    "far_1": "990001200001001",
}


def places() -> Places:
    made = [
        Area(code=code, name=f"测试{name}", parent_id=areas.parent(code), valid_from=LONG_AGO)
        for name, code in CODES.items()
    ]
    return Places(**dict(zip(CODES, Area.objects.bulk_create(made), strict=True)))


def area(code: str, **values: Any) -> Area:
    """An area of its own; its parent is on record only where there is one already."""
    above = areas.parent(code)
    known = above if above and Area.objects.filter(code=above).exists() else None
    return _make(Area, values, code=code, name=f"区域{code}", parent_id=known, valid_from=LONG_AGO)


def succession(predecessor: Area, successor: Area, day: date = DAY) -> Succession:
    return Succession.objects.create(predecessor=predecessor, successor=successor, day=day)


# People ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Staff:
    """Who works here, by what they do. Where: see `POSTS`."""

    worker: User
    coordinator: User
    town_coordinator: User
    editor: User
    aid_officer: User
    approver: User
    finance: User
    works_manager: User
    leader: User
    administrator: User
    far_coordinator: User
    nobody: User


POSTS = {
    "worker": ("grid_worker", "east_1"),
    "coordinator": ("coordinator", "east"),
    "town_coordinator": ("coordinator", "town"),
    "editor": ("editor", "town"),
    "aid_officer": ("aid_officer", "town"),
    "approver": ("aid_approver", "town"),
    "finance": ("finance", "town"),
    "works_manager": ("works_manager", "town"),
    "leader": ("leader", "town"),
    "administrator": ("administrator", "town"),
    "far_coordinator": ("coordinator", "other_town"),
}


def staff(at: Places) -> Staff:
    """One person in each of `POSTS`, and `nobody`, who holds none; all with the same password."""
    names = [*POSTS, "nobody"]
    secret = make_password(PASSWORD)
    people = User.objects.bulk_create(
        [User(username=name, name=f"{name}某", password=secret) for name in names]
    )
    known = dict(zip(names, people, strict=True))
    posts = Post.objects.bulk_create(
        [
            Post(code=f"P-{name}", title=f"{role}岗", role=role, area=getattr(at, where), valid_from=LONG_AGO)
            for name, (role, where) in POSTS.items()
        ]
    )
    Tenure.objects.bulk_create(
        [
            Tenure(code=f"T-{name}", post=post, user=known[name], area_id=post.area_id, valid_from=LONG_AGO)
            for name, post in zip(POSTS, posts, strict=True)
        ]
    )
    return Staff(**known)


def person(username: str, *, password: str | None = None, **values: Any) -> User:
    user = User(username=username, **{"name": f"{username}某"} | values)
    user.set_password(password)
    user.save()
    return user


def post(role: str, where: Area, **values: Any) -> Post:
    return _make(Post, values, title=f"{role}岗", role=role, area=where, valid_from=LONG_AGO)


def tenure(user: User, role: str, where: Area, **values: Any) -> Tenure:
    """`user` holds a new post with this role."""
    held = post(role, where)
    return _make(Tenure, values, post=held, user=user, area_id=where.code, valid_from=LONG_AGO)


# Requests and teams ---------------------------------------------------------------------------------------


def moment(day: date = DAY, hour: int = 10, minute: int = 0) -> datetime:
    """A time of day in Shanghai."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001


def category(**values: Any) -> Category:
    return _make(Category, values, name="路灯", due_amount=3, due_unit="work_day", is_public=True)


def request(where: Area, of: Category, **values: Any) -> Request:
    """A request received on `DAY`, about a lamp, with somebody to call back."""
    given = {
        "area": where,
        "category": of,
        "words": "三号楼前的路灯不亮",
        "received_at": moment(),
        "due_at": moment(DAY + timedelta(days=5)),
        "contact_name": "甲某某",
        "contact_phone": "13900000001",
    } | values
    phone = given["contact_phone"]
    given.setdefault("contact_phone_digest", phone_digest(phone) if phone else "")
    return Request.objects.create(**given)


def closed_request(where: Area, of: Category, *, closed_at: datetime, **values: Any) -> Request:
    return request(where, of, **{"state": State.CLOSED, "closed_at": closed_at} | values)


def call_back(of: Request, **values: Any) -> CallBack:
    """Somebody waits to be asked whether it is solved."""
    given = {"reason": CallBack.Reason.ASK, "made_at": moment()} | values
    return CallBack.objects.create(request=of, area_id=of.area_id, **given)


def photo(of: Request, **values: Any) -> Photo:
    """A red picture of 60 × 40 pixels, stored where private files lie."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#a3182f").save(out, "JPEG")
    made = Photo(request=of, width=60, height=40, **values)
    for file, name in ((made.picture, f"{made.code}.jpg"), (made.thumbnail, f"{made.code}-small.jpg")):
        file.save(name, ContentFile(out.getvalue()), save=False)
    made.save()
    return made


def recording(of: Request, **values: Any) -> Recording:
    """A spoken note of three seconds; no program has to play it."""
    made = Recording(request=of, seconds=3, **values)
    made.sound.save(f"{made.code}.ogg", ContentFile(b"OggS invented"), save=False)
    made.save()
    return made


def strand(**values: Any) -> Strand:
    return _make(Strand, values, name="测试支队")


def team(where: Area, of: Strand, **values: Any) -> Team:
    return _make(Team, values, area=where, strand=of, name="测试暖心队", valid_from=LONG_AGO)


def led_team(where: Area, by: User, *, post_in: Area | None = None, **values: Any) -> Team:
    """A team at `where` that `by` leads, from a post there or in another area."""
    held = tenure(by, "team_leader", post_in or where)
    access.forget(by)
    return team(where, strand(), leader_post=held.post, **values)


def unit(where: Area, **values: Any) -> Unit:
    return _make(Unit, values, area=where, name="测试供水公司", kind="utility", valid_from=LONG_AGO)


def request_in(state: str, where: Area, of: Category, lead: Team, **values: Any) -> Request:
    """A request in a state, with what the database wants of that state."""
    given: dict[str, Any] = {"state": state}
    if state in WITH_LEAD or state == State.CLOSED:
        given["team"] = lead
    if state in ENDED:
        given["closed_at"] = timezone.now()
    if state == State.ON_HOLD:
        given["resume_on"] = timezone.localdate() + timedelta(days=7)
    if state == State.MERGED:
        given["merged_into"] = request(where, of)
    return request(where, of, **given | values)


def picture(content: bytes = b"\xff\xd8 invented") -> Picture:
    """A photo as the forms hand it over; no program has to show it."""
    return Picture(content, 1600, 1200, b"\xff\xd8 small", hashlib.sha256(content).hexdigest())


IN_HAND, PART = "TESTCASE01", "TESTPART01"


def in_hand(where: Area) -> Request:
    """A request in the hands of a team that nobody leads, with a photo; its code is `IN_HAND`."""
    made = request(
        where,
        category(name="楼道"),
        code=IN_HAND,
        words="楼道堆了杂物",
        state=State.IN_PROGRESS,
        team=team(where, strand()),
    )
    photo(made, code=f"{IN_HAND}P")
    recording(made, code=f"{IN_HAND}S")
    return made


def asked_to_join(of: Request, who: User) -> Part:
    """A part for a unit of the town in which `who` has a post; its code is `PART`."""
    where = Area.objects.get(code=of.area_id[:9])
    held = tenure(who, "unit_worker", where)
    doer = unit(where, name="测试排水公司")
    Post.objects.filter(pk=held.post_id).update(unit=doer)
    return Part.objects.create(request=of, area_id=of.area_id, unit=doer, words="清走杂物", code=PART)


ORDER = "TEST-20230510-001"


def ended_order(where: Area, of: Category, **values: Any) -> Request:
    """A work order of the hotline that has ended; its answer waits to be handed back."""
    given = {"closed_at": moment(hour=18), "order_source": "12345", "order_number": ORDER} | values
    return closed_request(where, of, **given)


def volunteer(where: Area, **values: Any) -> Volunteer:
    return _make(Volunteer, values, area=where, name="乙某某", phone="13900000002", valid_from=LONG_AGO)


def membership(of: Team, who: Volunteer, **values: Any) -> Membership:
    return _make(Membership, values, team=of, volunteer=who, area_id=of.area_id, valid_from=LONG_AGO)


# Aid, works, plan -----------------------------------------------------------------------------------------


def programme(where: Area, **values: Any) -> Programme:
    return _make(Programme, values, area=where, name="临时救助（测试）")


def payment(where: Area, of: Programme, **values: Any) -> Payment:
    """A payment that was proposed on `DAY`."""
    return _make(
        Payment, values, area=where, programme=of, recipient="丙某某", amount=Decimal(500), proposed_on=DAY
    )


def paid(where: Area, of: Programme, *, on: date, **values: Any) -> Payment:
    given = {"state": Payment.State.PAID, "proposed_on": on, "approved_on": on, "paid_on": on}
    return payment(where, of, **given | values)


def project(where: Area, **values: Any) -> Project:
    return _make(Project, values, area=where, name="测试巷改造", started_on=LONG_AGO)


def item(of: Project, kind: str = Item.Kind.SEWER, **values: Any) -> Item:
    return _make(
        Item,
        values,
        project=of,
        area_id=of.area_id,
        kind=kind,
        unit=Item.UNIT_OF[Item.Kind(kind)],
        contracted=Decimal(1000),
    )


def measurement(of: Item, **values: Any) -> Measurement:
    """100.25 measured on `DAY`, nothing accepted yet."""
    return _make(
        Measurement, values, item=of, area_id=of.area_id, measured=Decimal("100.25"), measured_on=DAY
    )


def meeting(where: Area, **values: Any) -> Meeting:
    return _make(Meeting, values, area=where, title="测试会议", kind=Meeting.Kind.COORDINATION, held_on=DAY)


def decision(of: Meeting, **values: Any) -> Decision:
    return _make(Decision, values, meeting=of, area_id=of.area_id, text="修路灯", decided_on=of.held_on)


def task(of: Decision, owner: Post, **values: Any) -> Task:
    return _make(Task, values, decision=of, area_id=of.area_id, title="修路灯", owner=owner, due_on=DAY)


# Venues and the channel -----------------------------------------------------------------------------------


def venue(where: Area, **values: Any) -> Venue:
    return _make(
        Venue, values, area=where, name="测试家园", kind=Venue.Kind.RED_POMEGRANATE_HOME, valid_from=LONG_AGO
    )


def activity(of: Venue, **values: Any) -> Activity:
    """Every day from nine to ten, without an end."""
    return _make(
        Activity, values, venue=of, title="测试棋牌", starts=time(9), ends=time(10), valid_from=LONG_AGO
    )


def lecturer(where: Area, **values: Any) -> Lecturer:
    return _make(Lecturer, values, area=where, name="丁某某", valid_from=LONG_AGO)


def talk(where: Area, by: Lecturer, **values: Any) -> Talk:
    return _make(Talk, values, area=where, lecturer=by, title="测试宣讲", held_on=DAY, listeners=20)


def resource(where: Area, **values: Any) -> Resource:
    return _make(
        Resource, values, area=where, kind="text", title="测试文章", text="第一段。", valid_from=LONG_AGO
    )


QUESTIONS = """
? age 满80岁了吗？
- 是 > fits
- 否 > young
= fits likely：年龄够了。
= young unlikely：还没有到年龄。
"""


def guide(where: Area, **values: Any) -> Guide:
    told = {"gives": "每月一份补贴。", "source": "测试规定", "source_date": DAY, "questions": QUESTIONS}
    return _make(Guide, values, area=where, title="测试指南", valid_from=LONG_AGO, **told)


def group(where: Area, **values: Any) -> GridGroup:
    return _make(GridGroup, values, area=where, name="测试群", valid_from=LONG_AGO)


def delivery(of: ArticlePage, into: GridGroup, **values: Any) -> Delivery:
    """An article on its way into a group, prepared on `DAY`, to be posted by hand."""
    given = {"text": f"{of.title}\n{of.summary}", "prepared_at": moment()}
    told, _new = Message.objects.get_or_create(article=of, defaults=given)
    return _make(Delivery, values, message=told, group=into, area_id=into.area_id, made_at=moment())


def column(where: Area, code: str = "test-column") -> ColumnPage:
    # A test with transactions of its own leaves the tables empty, also of what migrations put there.
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    made = ColumnPage(title="测试栏目", slug=code, code=code, area=where, opened_on=LONG_AGO)
    return open_channel().add_child(instance=made)


def article(of: ColumnPage, code: str, **values: Any) -> ArticlePage:
    given = {"title": f"测试文章{code}", "published_on": DAY, "summary": "摘要"} | values
    return of.add_child(instance=ArticlePage(slug=code, code=code, area_id=of.area_id, **given))


def official(where: Area, **values: Any) -> OfficialArticle:
    given = {"code": "W-1_1", "msgid": "1_1", "title": "别的题目"} | values
    return _make(OfficialArticle, given, area=where)


# Other programs -------------------------------------------------------------------------------------------


def api_client(where: Area, **values: Any) -> Client:
    """A program that files by Open311; nobody has its key."""
    given = {"digest": hashlib.sha256(str(values).encode()).hexdigest(), "made_at": moment()}
    return _make(Client, values, area=where, name="甲程序", contact_email="jia@example.org", **given)


def token(user: User) -> str:
    """The text of an access token, good until tomorrow, which outlives the post that it was made with."""
    text, now = keys.new(keys.TOKEN), timezone.now()
    until = timezone.localdate() + timedelta(days=1)
    AccessToken.objects.create(
        user=user, name="测试", digest=keys.digest(text), made_at=now, expires_on=until
    )
    return text


# All of it ------------------------------------------------------------------------------------------------


def half_year(where: Area, n: int = 1) -> None:
    """What every figure counts, `n` of each, in one area, in May 2023; works of all kinds, five people."""
    people = [volunteer(where) for _person in range(5)]
    labels = strand()
    lamp, programme_, project_ = category(), programme(where), project(where)
    for _again in range(n):
        for kind in (Venue.Kind.UNITED_FRONT_HOME, Venue.Kind.RED_POMEGRANATE_HOME):
            venue(where, kind=kind)
        resource(where)
        guide(where)
        speaker = lecturer(where)
        talk(where, speaker)
        Award.objects.create(lecturer=speaker, area=where, title="测试奖", level="city", awarded_on=DAY)
        GroupSize.objects.create(group=group(where), area=where, day=DAY, members=30)
        team_ = team(where, labels)
        for person_ in people:
            membership(team_, person_)
        closed_request(
            where, lamp, closed_at=moment(hour=18), team=team_, solved=True, contacted_at=moment(hour=11),
            hours_to_contact=1,
        )  # fmt: skip
        request(where, lamp)
        paid(where, programme_, on=DAY)
        for kind in Item.Kind:
            measurement(item(project_, kind), accepted=Decimal("90.05"), accepted_on=DAY)
        held = meeting(where, kind=Meeting.Kind.STUDY)
        decided, owner = decision(held), post("leader", where)
        task(decided, owner, state=Task.State.DONE, done_on=DAY)
        task(decided, owner)
        who = person(f"left-{owner.code}")
        Tenure.objects.create(post=owner, user=who, area=where, valid_from=DAY, valid_to=DAY)


SIGNS = Ed25519PrivateKey.from_private_bytes(b"\x5e" * 32)  # nothing but tests


def signed_report(where: Area, by: User, **values: Any) -> SignedReport:
    """A signing that holds one figure, aid paid, as 0 without a record; as `figures.signing` stores it."""
    figure = FIGURES["aid.paid"]
    each = dict.fromkeys(("zh-hans", "en"), "0")
    said = {"part": figure.part, "unit": figure.unit, "kind": "flow", "measure": "Sum", "persons": True}
    words = dict.fromkeys(("label", "explain", "unit_words", "time", "measured", "answers"), each)
    past = {"value": "0.00", "number": "0", "few": False}
    text = {"title": "0", "few": "", "between": "", "own": True, "sentences": []}
    chapters = [["0", [[figure.part, "0"]]]]
    parts = {
        "headings": {"figures": ["aid.paid"], "zh-hans": chapters, "en": chapters},
        "value/aid.paid": past | {"records": 0, "words": each},
        "before/aid.paid": past,
        "year_ago/aid.paid": past,
        "definition/aid.paid": said | words | {"right": figure.right},
        "days/aid.paid": {},
        **{f"text/{figure.part}/{language}": text for language in each},
    }
    about = {"area": {"code": where.code, "name": where.name}, "scope": [where.code], "post": "岗"}
    about |= {"code": values.get("code", ""), "period": {}, "signed_at": "2023-07-03T10:20:00+08:00"}
    document = seal.sealed(about, parts, SIGNS)
    usual = {"start": date(2023, 1, 1), "end": date(2023, 6, 30), "signed_at": moment(date(2023, 7, 3))}
    key, digest = seal.read(document).fingerprint, hashlib.sha256(document).hexdigest()
    it = _make(SignedReport, values, area=where, signed_by=by, post="岗", key=key, digest=digest, **usual)
    SignedContent.objects.create(report=it, document=document.decode())
    return it


def signing(where: Area, by: User, **values: Any) -> Signing:
    """What was pressed and not finished in the background yet."""
    usual = {"start": date(2023, 1, 1), "end": date(2023, 6, 30), "pressed_at": moment(date(2023, 7, 3))}
    return _make(Signing, values, area=where, signed_by=by, seen="0" * 64, post="岗", **usual)


def reads(of: ArticlePage, **values: Any) -> Reads:
    return _make(Reads, values, article=of, area_id=of.area_id, day=DAY, source=Reads.Source.OWN, reads=50)
