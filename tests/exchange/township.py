"""Random records of every kind, as the models and the database allow them: also what no sensible town has."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from shiliu.aid.models import Payment, Programme
from shiliu.channel.actions import open_channel
from shiliu.channel.bodies import body_of
from shiliu.channel.models import (
    ARRIVED,
    ArticlePage,
    ColumnPage,
    Delivery,
    DeliveryState,
    GridGroup,
    GroupSize,
    Message,
    Reads,
)  # fmt: skip
from shiliu.core import links
from shiliu.core.exchange import KINDS
from shiliu.core.exchange.cells import narrow
from shiliu.core.languages import LANGUAGES
from shiliu.core.models import User
from shiliu.core.personal import phone_digest
from shiliu.grid.models import Area, Post, Succession, Tenure, Unit
from shiliu.learning.models import Guide, Resource
from shiliu.plan.models import Decision, Evidence, Meeting, Task
from shiliu.requests.actions import whole_hours
from shiliu.requests.models import (
    ENDED,
    WITH_LEAD,
    Category,
    CategoryMilestone,
    CategoryQuestion,
    Elsewhere,
    Kind,
    Request,
    RoutingRule,
    State,
)  # fmt: skip
from shiliu.venues.models import Activity, Award, Lecturer, Talk, Venue
from shiliu.volunteers.models import Membership, Strand, Team, Volunteer
from shiliu.works.models import Item, Measurement, Project
from tests.factories import Places

T = TypeVar("T")
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
# What spreadsheets, CSV and Unicode make trouble with.
NASTY = [
    "=1+1", "+1", "-1", "@a", "'", "''", "'=1", '"', '""', 'a"b', "a,b", "a;b\tc", "\ta", "\ra", "\na",
    "a\r\nb", "a\rb", " a ", "\u3000a\u3000", "＝１", "①", "ﬁ", "\u212b", "A\u030a", "\u1100\u1161", "石榴🌱",
    "\U0001f469\u200d\U0001f467", "\u2028", "\x0b\x1c\x85", "\ufeff", "\u202e", "NULL", "None", "true", "1e5",
    "2023-06-30", "ᠮᠣᠩᠭᠣᠯ", "ئۇيغۇر", "0001", "１",
]  # fmt: skip
TREE = "? a 冷吗？\n- 是 > b\n- 否 > c\n\n= b likely：可能。\n= c ask：问我们。"


def texts(longest: int) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(NASTY) | st.text(ANY, max_size=8)
    return st.lists(pieces, max_size=3).map("".join).map(lambda text: text[:longest])


MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PAST = date(2023, 12, 31)  # before whatever the clock says
PAST_MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(2023, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
SLUGS = st.text("-_aB9", min_size=1, max_size=10)
USERNAMES = st.text("+@.-_aB9甲é", min_size=1, max_size=10).map(narrow)
PHONES = st.sampled_from(["", "13900000001", "+86 139-0000-0002", "（0472）5123456", "0472-5123456"])


class Town:
    """Draws values, and stores records of them. Each method named after an app stores all of its kinds."""

    def __init__(self, draw: Callable[[st.SearchStrategy[T]], T], at: Places) -> None:
        self.draw = draw
        self.areas = [at.town, at.east, at.east_1, at.west, at.far]
        self._codes: set[str] = set()

    # Values ------------------------------------------------------------------------------------------------

    def text(self, longest: int = 60) -> str:
        return self.draw(texts(longest))

    def name(self, longest: int = 60) -> str:
        """A text that is needed: not only spaces."""
        return self.draw(texts(longest).filter(str.strip))

    def unique(self, strategy: st.SearchStrategy[str], alike: Callable[[str], str] = str) -> str:
        code = self.draw(strategy.filter(lambda text: text.strip() != "" and alike(text) not in self._codes))
        self._codes.add(alike(code))
        return code

    def code(self) -> str:
        """The door folds codes, and so do all others; whatever is left of a text is a code."""
        return self.unique(texts(40).map(narrow).map(lambda text: narrow(text[:40])))

    def slug(self) -> str:
        return self.unique(SLUGS, str.lower)

    def day(self, first: date = date.min) -> date:
        return self.draw(st.dates(min_value=first))

    def past(self, first: date = date.min) -> date:
        """A day on which something has happened."""
        return self.draw(st.dates(min_value=first, max_value=PAST))

    def perhaps_past(self, first: date) -> date | None:
        return self.draw(st.none() | st.dates(min_value=first, max_value=PAST))

    def last_day(self, first: date) -> date | None:
        return self.draw(st.none() | st.dates(min_value=first))

    def dates(self) -> dict[str, Any]:
        first = self.day()
        return {"valid_from": first, "valid_to": self.last_day(first)}

    def past_moment(self, first: datetime | None = None) -> datetime:
        moment = self.draw(PAST_MOMENTS)
        return max(moment, first) if first else moment

    def moment(self, first: datetime | None = None) -> datetime:
        moment = self.draw(MOMENTS)
        return max(moment, first) if first else moment

    def number(self) -> int:
        return self.draw(st.integers(0, 2**31 - 1))

    def amount(self, most: Decimal | None = None) -> Decimal:
        fen = int(most * 100) if most is not None else 10**18 - 1
        return Decimal(self.draw(st.integers(1, fen))).scaleb(-2)

    def one_of(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def maybe(self, options: Any) -> Any:
        return self.one_of([None, *options])

    def area(self) -> Area:
        return self.one_of(self.areas)

    def some(self, make: Callable[[], T], least: int = 1) -> list[T]:
        return [make() for _n in range(self.draw(st.integers(least, 2)))]

    # Records -----------------------------------------------------------------------------------------------

    def user(self) -> User:
        known = {"name": self.text(60), "email": self.one_of(["", "tester@example.org"])}
        return User.objects.create(
            username=self.unique(USERNAMES), password="!", is_active=self.draw(st.booleans()), **known
        )

    def post(self, units: tuple[Unit, ...] = ()) -> Post:
        roles = [key for key, _label in Post._meta.get_field("role").flatchoices]
        known = {"title": self.name(80), "role": self.one_of(roles), "unit": self.maybe(units)}
        return Post.objects.create(code=self.code(), area=self.area(), **known, **self.dates())

    def grid(self) -> None:
        for it in self.some(self.area):
            Area.objects.filter(pk=it.pk).update(
                name=self.name(80), kind=self.one_of(Area.Kind), urban_rural=self.text(3),
                source=self.text(200), **self.dates(),
            )  # fmt: skip
        Succession.objects.create(predecessor=self.areas[1], successor=self.areas[3], day=self.day())
        units = self.some(
            lambda: Unit.objects.create(
                code=self.code(),
                name=self.name(80),
                kind=self.one_of(Unit.Kind),
                area=self.area(),
                **self.dates(),
            )
        )
        users = self.some(self.user)
        for post in self.some(lambda: self.post(tuple(units))):
            Tenure.objects.create(
                code=self.code(), post=post, user=self.one_of(users), area_id=post.area_id, **self.dates()
            )

    def plan(self) -> None:
        post = self.post()
        meetings = self.some(
            lambda: Meeting.objects.create(
                code=self.code(), area=self.area(), title=self.name(120), kind=self.one_of(Meeting.Kind),
                held_on=self.past(), agenda=self.text(),
            )
        )  # fmt: skip
        decisions = [
            Decision.objects.create(
                code=self.code(), meeting=it, area_id=it.area_id, decided_on=it.held_on, text=self.name()
            )
            for it in meetings
        ]
        for task in self.some(lambda: self.task(post, decisions)):
            Evidence.objects.create(
                code=self.code(),
                task=task,
                area_id=task.area_id,
                kind=self.one_of(links.KINDS),
                public_id=self.name(80),
            )

    def task(self, post: Post, decisions: list[Decision]) -> Task:
        state = self.one_of(Task.State)
        return Task.objects.create(
            code=self.code(), area=self.area(), title=self.name(200), decision=self.maybe(decisions),
            owner=post, state=state, due_on=self.day(),
            done_on=self.past() if state == Task.State.DONE else None,
        )  # fmt: skip

    def venues(self) -> None:
        venues = self.some(
            lambda: Venue.objects.create(
                code=self.code(), name=self.name(80), kind=self.one_of(Venue.Kind), area=self.area(),
                address=self.text(200), hours=self.text(200), **self.dates(),
            )
        )  # fmt: skip
        self.some(lambda: self.activity(self.one_of(venues)))
        for it in self.some(
            lambda: Lecturer.objects.create(
                code=self.code(), name=self.name(), area=self.area(), topics=self.text(200), **self.dates()
            )
        ):
            Award.objects.create(
                code=self.code(), lecturer=it, area_id=it.area_id, title=self.name(120),
                level=self.one_of(Award.Level), awarded_on=self.past(),
            )  # fmt: skip
            Talk.objects.create(
                code=self.code(), area=self.area(), lecturer=it, venue=self.maybe(venues),
                title=self.name(120), held_on=self.past(), listeners=self.number(),
            )  # fmt: skip

    def activity(self, venue: Venue) -> Activity:
        starts = self.draw(st.times(max_value=time(23, 59, 59)))
        ends = self.draw(st.times(min_value=starts).filter(lambda end: end > starts))
        dates = self.dates()
        last = dates["valid_to"]
        days = 7 if last is None else min((last - dates["valid_from"]).days + 1, 7)
        weekdays = [(dates["valid_from"].weekday() + n) % 7 for n in range(days)]
        return Activity.objects.create(
            code=self.code(), venue=venue, title=self.name(120), weekday=self.maybe(weekdays),
            starts=starts, ends=ends, note=self.text(300), **dates,
        )  # fmt: skip

    def page(self, model: type[Any], parent: Any, area: Area, **values: Any) -> Any:
        code = self.slug()
        page = model(code=code, slug=code.lower(), title=self.name(200), area=area, **values)
        return type(parent).objects.get(pk=parent.pk).add_child(instance=page)

    def channel(self) -> None:
        columns = self.some(
            lambda: self.page(
                ColumnPage,
                open_channel(),
                self.area(),
                opened_on=self.day(),
                closed_on=self.last_day(date.min),
            )
        )
        for column in columns:
            article = self.page(
                ArticlePage,
                column,
                self.area(),
                published_on=self.past(),
                summary=self.text(300),
                body=body_of(self.text()),
            )
            for language in self.draw(st.sets(st.sampled_from(["ug", "mn-Mong", "ko"]), max_size=2)):
                self.page(
                    ArticlePage,
                    column,
                    article.area,
                    published_on=self.past(),
                    language=language,
                    original=article,
                )
            for source in Reads.Source.values[: self.draw(st.integers(0, 2))]:
                known = {"day": self.past(), "source": source, "reads": self.number()}
                Reads.objects.create(article=article, area_id=article.area_id, **known)
        for it in self.some(
            lambda: GridGroup.objects.create(
                code=self.code(), name=self.name(80), service=self.one_of(GridGroup.Service),
                area=self.area(), **self.dates(),
            )
        ):  # fmt: skip
            for day in self.draw(st.sets(st.dates(max_value=PAST), max_size=2)):
                GroupSize.objects.create(group=it, area_id=it.area_id, day=day, members=self.number())
            for article in ArticlePage.objects.all()[: self.draw(st.integers(0, 2))]:
                known = {"day": self.past(), "source": "group", "group": it, "reads": self.number()}
                Reads.objects.create(article=article, area_id=article.area_id, **known)
                self.delivery(article, it)

    def delivery(self, article: ArticlePage, to: GridGroup) -> None:
        made, state = self.past_moment(), self.one_of(DeliveryState)
        message, _new = Message.objects.get_or_create(
            article=article, defaults={"text": self.name(), "prepared_at": made}
        )
        Delivery.objects.create(
            code=self.code(), message=message, group=to, area_id=to.area_id, state=state, made_at=made,
            arrived_at=self.past_moment(made) if state in ARRIVED else None, by_bot=self.draw(st.booleans()),
        )  # fmt: skip

    def learning(self) -> None:
        self.some(self.resource)
        self.some(self.guide)

    def guide(self) -> Guide:
        texts = {name: self.text(200) for name in ("summary", "place", "hours", "papers", "takes", "local")}
        rule = {"source": self.name(200), "source_number": self.text(80), "source_date": self.past()}
        return Guide.objects.create(
            code=self.code(), title=self.name(120), language=self.one_of(LANGUAGES), gives=self.name(),
            is_example=self.draw(st.booleans()), questions=TREE, area=self.area(),
            **texts, **rule, **self.dates(),
        )  # fmt: skip

    def resource(self) -> Resource:
        """A file that somebody put up is in no CSV file."""
        kind = self.one_of([Resource.Kind.LINK, Resource.Kind.TEXT, Resource.Kind.LIVE])
        return Resource.objects.create(
            code=self.code(), title=self.name(120), kind=kind, provider=self.text(80), topic=self.text(40),
            language=self.one_of(LANGUAGES), audience=self.text(40),
            minutes=self.draw(st.none() | st.integers(1, 600)), summary=self.text(300),
            link="https://example.org/a" if kind == Resource.Kind.LINK else "",
            starts_at=self.moment() if kind == Resource.Kind.LIVE else None, join=self.text(300),
            text=self.name() if kind == Resource.Kind.TEXT else "", area=self.area(), **self.dates(),
        )  # fmt: skip

    def team(self) -> Team:
        strand = Strand.objects.create(code=self.code(), name=self.name(60), position=self.number())
        return Team.objects.create(
            code=self.code(), name=self.name(80), strand=strand, area=self.area(), **self.dates()
        )

    def volunteers(self) -> None:
        for team in self.some(self.team):
            who = Volunteer.objects.create(
                code=self.code(), name=self.name(), phone=self.text(), area=self.area(), **self.dates()
            )
            Membership.objects.create(
                code=self.code(), team=team, volunteer=who, area_id=team.area_id,
                role=self.one_of(Membership.Role), **self.dates(),
            )  # fmt: skip

    def requests(self) -> None:
        team = self.team()
        units = [key for key, _label in Category._meta.get_field("due_unit").flatchoices]
        categories = self.some(
            lambda: Category.objects.create(
                code=self.code(), name=self.name(60), name_en=self.text(60), group=self.text(60),
                position=self.number(), due_amount=max(self.number(), 1), due_unit=self.one_of(units),
                is_public=self.draw(st.booleans()), is_offered=self.draw(st.booleans()),
                reopen_days=self.number(), source=self.text(200), description=self.text(300),
                keywords=self.text(200), warn_percent=self.draw(st.integers(1, 99)),
                **{name: self.draw(st.booleans()) for name in
                   ("is_urgent", "allows_anonymous", "place_matters", "clock_stops")},
            )
        )  # fmt: skip
        Category.objects.filter(pk=categories[0].pk).update(is_fallback=self.draw(st.booleans()))
        self.around(categories)
        office = Unit.objects.create(code=self.code(), name=self.name(80), area=self.area(), **self.dates())
        made: list[Request] = []  # those that a later one may have been merged into, also merged ones
        for _request in range(self.draw(st.integers(1, 4))):
            made.append(self.request(self.one_of(categories), team, office, made))
        for to in ({"team": team}, {"unit": office}, {}):
            RoutingRule.objects.create(
                code=self.code(), name=self.name(80), area=self.area(), position=self.number(),
                category=self.maybe(categories), words=self.text(300), **to,
                is_automatic=self.draw(st.booleans()), is_active=self.draw(st.booleans()),
            )  # fmt: skip

    def around(self, categories: list[Category]) -> None:
        """Milestones and questions of categories, and what belongs elsewhere."""
        units = [key for key, _label in CategoryMilestone._meta.get_field("unit").flatchoices]
        for category in categories:
            CategoryMilestone.objects.create(
                code=self.code(), category=category, kind=self.one_of(Kind), name=self.name(60),
                amount=max(self.number(), 1), unit=self.one_of(units),
            )  # fmt: skip
            datatype = self.one_of(CategoryQuestion.Datatype)
            CategoryQuestion.objects.create(
                code=self.code(), category=category, name=self.slug(), label=self.name(120),
                label_en=self.text(120), hint=self.text(200), datatype=datatype, position=self.number(),
                options=self.name() if datatype in ("singlevaluelist", "multivaluelist") else "",
                is_required=self.draw(st.booleans()), is_asked=self.draw(st.booleans()),
            )  # fmt: skip
        Elsewhere.objects.create(
            code=self.code(), name=self.name(60), name_en=self.text(60), words=self.text(300),
            telephone=self.text(40), advice=self.name(300), position=self.number(),
            is_emergency=self.draw(st.booleans()), is_offered=self.draw(st.booleans()),
        )  # fmt: skip

    def request(self, category: Category, team: Team, office: Unit, others: list[Request]) -> Request:
        state = self.one_of([state for state in State if others or state != State.MERGED])
        received, phone = self.past_moment(), self.draw(PHONES)
        contacted = received + timedelta(microseconds=self.number()) if self.draw(st.booleans()) else None
        leads = [{"team": team}, {"unit": office}, {"post": self.post()}]
        lead = self.one_of(leads if state in WITH_LEAD else [*leads, {}])
        return Request.objects.create(
            code=self.code(), area=self.area(), category=category, words=self.name(4000),
            source=self.one_of(Request.Source), state=state, received_at=received, due_at=self.moment(),
            contacted_at=contacted, hours_to_contact=whole_hours(received, contacted) if contacted else None,
            closed_at=self.past_moment() if state in ENDED else None,
            resume_on=self.day() if state == State.ON_HOLD else None,
            merged_into=self.one_of(others) if state == State.MERGED else None,
            solved=self.one_of([None, True, False]), satisfied=self.one_of([None, True, False]), **lead,
            is_urgent=self.draw(st.booleans()), address=self.text(200),
            order_source="12345", order_number=self.one_of(["", self.code()]), contact_email=self.text(),
            contact_name=self.text(), contact_phone=phone,
            contact_phone_digest=phone_digest(phone) if phone else "",
        )  # fmt: skip

    def aid(self) -> None:
        programme = Programme.objects.create(
            code=self.code(), area=self.area(), name=self.name(80), source=self.text(200)
        )
        people = [self.user(), self.user(), self.user()]
        for payment in self.some(lambda: self.payment(programme, people)):
            if self.draw(st.booleans()):
                self.payment(programme, people, reverses=payment)

    def payment(self, programme: Programme, people: list[User], reverses: Payment | None = None) -> Payment:
        proposed = self.past()
        approved = self.perhaps_past(proposed)
        paid = self.perhaps_past(approved) if approved else None
        state = Payment.State.PAID if paid else self.one_of(["proposed", "approved", "rejected"])
        who = {
            name: self.maybe([one])
            for name, one in zip(("proposed_by", "approved_by", "paid_by"), people, strict=True)
        }
        return Payment.objects.create(
            code=self.code(), programme=programme, area=self.area(), recipient=self.name(), state=state,
            amount=-self.amount() if reverses else self.amount(), proposed_on=proposed, approved_on=approved,
            paid_on=paid, reverses=reverses, **who,
        )  # fmt: skip

    def works(self) -> None:
        started = self.past()
        project = Project.objects.create(
            code=self.code(), name=self.name(120), area=self.area(), started_on=started,
            finished_on=self.perhaps_past(started),
        )  # fmt: skip
        for kind in self.some(lambda: self.one_of(Item.Kind)):
            item = Item.objects.create(
                code=self.code(), project=project, area_id=project.area_id, kind=kind,
                unit=Item.UNIT_OF[kind], contracted=self.amount(),
            )  # fmt: skip
            for _n in range(self.draw(st.integers(0, 2))):
                self.measurement(item)

    def measurement(self, item: Item) -> None:
        day, measured, is_accepted = self.past(), self.amount(), self.draw(st.booleans())
        Measurement.objects.create(
            code=self.code(), item=item, area_id=item.area_id, measured_on=day, measured=measured,
            accepted_on=self.past(day) if is_accepted else None,
            accepted=self.amount(measured) if is_accepted else None,
        )  # fmt: skip


APPS = {
    "grid": {"areas", "successions", "units", "posts", "people", "tenures"},
    "plan": {"meetings", "decisions", "tasks", "evidence"},
    "venues": {"venues", "activities", "lecturers", "awards", "talks"},
    "channel": {"columns", "articles", "reads", "groups", "group_sizes", "group_reads", "deliveries"},
    "volunteers": {"strands", "teams", "volunteers", "memberships"},
    "requests": {
        "categories",
        "category_milestones",
        "category_questions",
        "elsewhere",
        "requests",
        "routing_rules",
    },
    "learning": {"resources", "guides"},
    "aid": {"programmes", "payments"},
    "works": {"projects", "items", "measurements"},
}
assert set().union(*APPS.values()) == set(KINDS), "a kind is missing here"
