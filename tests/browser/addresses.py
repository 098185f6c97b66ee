"""The pages that are looked at one by one: every named address has an example here, or a reason why not."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, get_resolver

from shiliu.core.figures import FIGURES, Over
from shiliu.figures.periods import parse

SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "kunhe"
PERIOD = "2023H1"
COMMUNITY = "150203100004"
RECEIPT = "RDGXQ837HF"  # of the sample: closed long ago
POST = "P-deputy"
GROUP = "Q004001"
TENURE = "R002"


@dataclass(frozen=True)
class Address:
    """A page, who looks at it (nobody signed in where empty) and how it answers."""

    path: str
    by: str = ""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.path} {self.by}".strip()


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of the sample."""
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column_pages() -> list[str]:
    return [f"/channel/{row['code']}/" for row in rows("columns")]


def article_pages() -> list[str]:
    return [f"/channel/{row['column']}/{row['code']}/" for row in rows("articles")]


def records_of(key: str) -> str:
    return f"/report/{PERIOD}/{key}/"


# With a team: so the desk offers most of the steps.
OPEN_REQUEST, OTHER_REQUEST = [row["code"] for row in rows("requests") if row["state"] == "assigned"][:2]


def repair_case() -> str:
    """A request that the repair team has to take or has begun."""
    return next(
        row["code"]
        for row in rows("requests")
        if row["team"] == "T-repair" and row["state"] in ("assigned", "in_progress")
    )


# By the address's name. The first ones of each kind differ in what they show; see `every_path` for the rest.
EXAMPLES = {
    "home": [Address("/")],
    "search": [
        Address("/search/?q=%E6%98%86%E6%B2%B3"),  # of many kinds
        Address("/search/?q=%E9%95%87&kind=articles"),
        Address("/search/?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA%E8%AF%8D"),  # nothing
    ],
    "styleguide": [
        Address("/styleguide/"),
        Address("/styleguide/?shell=console", by="editor"),
        Address("/styleguide/?shell=field", by="editor"),
    ],
    "figures:definitions": [Address("/report/definitions/")],
    "figures:report": [
        Address(f"/report/{PERIOD}/"),
        Address(f"/report/1999H1/?area={COMMUNITY}"),  # nothing on record, nothing to divide
    ],
    "figures:records": [
        Address(records_of("requests.received")),  # some are counted but not public
        Address(records_of("requests.received"), by="coord-town"),  # many columns
        Address(records_of("plan.tasks_on_time")),
        Address(f"{records_of('aid.paid')}?area={COMMUNITY}"),  # too few to be shown
        Address("/report/1999H1/channel.reads/"),  # none
    ],
    "figures:sign": [Address(f"/report/{PERIOD}/sign/", by="leader")],
    "figures:signings": [Address(f"/report/1999H1/signed/?area={COMMUNITY}")],  # none
    "figures:words": [Address(f"/report/{PERIOD}/words/livelihood/", by="editor")],
    "console:start": [Address("/console/", by="editor"), Address("/console/", by="coord-town")],
    "console:morning": [Address("/console/morning/", by="leader")],
    "console:inbox": [Address("/console/inbox/", by="coord-town"), Address("/console/inbox/", by="works")],
    "desk:list": [
        Address("/console/requests/", by="coord-town"),
        Address("/console/requests/?show=ended", by="grid001"),
        Address("/console/requests/?show=today", by="coord-town"),  # none
        Address("/console/requests/?show=unsatisfied", by="coord-town"),  # one of those behind “more”
    ],
    "desk:paper_list": [Address("/console/requests/paper/?show=open", by="coord-town")],
    "desk:paper": [Address(f"/console/requests/{OPEN_REQUEST}/paper/", by="coord-town")],
    "desk:compare": [
        Address(f"/console/requests/{OPEN_REQUEST}/compare/", by="coord-town"),
        Address(f"/console/requests/{OPEN_REQUEST}/compare/?q=%E8%B7%AF%E7%81%AF", by="coord-town"),
        Address(f"/console/requests/{OPEN_REQUEST}/compare/?other={OTHER_REQUEST}", by="coord-town"),
    ],
    "desk:call_backs": [
        Address("/console/requests/call-backs/", by="coord-town"),  # none: the sample's calls are made
    ],
    "bulletin:month": [
        Address("/report/requests/2023-05/", by="coord-town"),
        Address("/report/requests/1999-01/", by="coord-town"),  # nothing on record
    ],
    "desk:new": [Address("/console/requests/new/", by="coord-town")],
    "desk:orders": [
        Address("/console/requests/orders/", by="coord-town"),
        Address("/console/requests/orders/", by="grid001"),  # who brings in, and does not answer
    ],
    "desk:detail": [
        Address(f"/console/requests/{OPEN_REQUEST}/?list=show%3Dopen", by="coord-town"),
        Address(f"/console/requests/{OPEN_REQUEST}/", by="leader"),
    ],
    "desk:slip": [Address(f"/console/requests/{OPEN_REQUEST}/slip/", by="coord-town")],
    "desk:write": [
        Address(f"/console/requests/{OPEN_REQUEST}/write/{kind}/", by="coord-town")
        for kind in ("letter", "note")
    ],
    "field_requests:write": [
        Address(f"/field/requests/{repair_case()}/write/{kind}/", by="team-repair")
        for kind in ("letter", "note")
    ],
    "requests:ask": [
        Address("/ask/"),
        Address(f"/ask/?area={COMMUNITY}"),
        Address("/ask/?category=street-lamp"),
        Address(f"/ask/?category=water-power-gas&area={COMMUNITY}001"),
    ],
    "routing:dry_run": [
        Address("/console/routing/", by="coord-town"),
        Address("/console/routing/?days=90&rule=RT01", by="admin"),
    ],
    "requests:find": [Address("/r/")],
    "requests:progress": [Address(f"/r/{RECEIPT}/"), Address(f"/r/{RECEIPT}/?new=1")],
    "areas": [Address("/areas/")],
    "area": [Address(f"/areas/{COMMUNITY}/"), Address(f"/areas/{COMMUNITY}001/")],
    "charts:page": [
        Address(f"/charts/?period={PERIOD}"),
        Address(f"/charts/?period={PERIOD}&area={COMMUNITY}", by="coord-town"),
        Address("/charts/?period=2001"),  # nothing in it
    ],
    "seedmap:map": [
        Address("/map/"),
        Address("/map/?figure=aid.paid&period=2023H1"),  # too few to be shown
        Address(f"/map/?figure=volunteers.people&area={COMMUNITY}"),
    ],
    "field:start": [
        Address("/field/", by="grid001"),
        Address("/field/", by="team-repair"),
        Address("/field/", by="editor", status=403),
    ],
    "field:part": [
        Address("/field/open/grid/", by="grid001"),
        Address("/field/open/in-hand/", by="team-repair"),
    ],
    "field:grid": [Address("/field/grid/", by="grid001"), Address("/field/grid/", by="team-repair")],
    "field:me": [Address("/field/me/", by="grid001")],
    "field_requests:ask": [Address("/field/ask/", by="grid001")],
    "field_requests:slip": [Address(f"/field/ask/{repair_case()}/", by="team-repair")],
    "field_requests:detail": [Address(f"/field/requests/{repair_case()}/", by="team-repair")],
    "field_requests:step": [Address(f"/field/requests/{repair_case()}/return/", by="team-repair")],
    "venues:list": [
        Address("/venues/"),
        Address("/venues/?kind=red_pomegranate_home"),
        Address("/venues/?kind=other"),  # none
    ],
    "venues:venue": [
        Address("/venues/H02/"),  # every day and every week
        Address("/venues/H01/"),  # talks, nothing on
        Address("/venues/H19/"),  # closed
    ],
    "learning:list": [
        Address("/learning/"),
        Address("/learning/?q=消防&language=zh-Hans"),
        Address("/learning/?topic=none"),  # none
    ],
    "learning:guides": [Address("/learning/guides/")],
    "learning:guide": [Address(f"/learning/guides/{code}/") for code in ("GD1", "GD2", "GD3")],
    "learning:resource": [
        Address("/learning/resources/K01/"),
        Address("/learning/resources/K03/"),  # in another language
        Address("/learning/resources/K10/"),  # a live session that is over
    ],
    "account_login": [Address("/accounts/login/")],
    "account_logout": [Address("/accounts/logout/", by="coord-town")],
    "account_change_password": [Address("/accounts/password/change/", by="coord-town")],
    "people:index": [
        Address("/console/people/", by="admin"),
        Address("/console/people/?show=none", by="admin"),  # none
        Address("/console/people/?q=zz", by="coord-town"),  # none either
    ],
    "people:invite": [Address("/console/people/invite/", by="admin")],
    "people:who": [Address(f"/console/people/who/?right=requests.accept&area={COMMUNITY}", by="admin")],
    "people:person": [Address("/console/people/of/coord-zhaomiao/", by="admin")],
    "grid_areas:succeed": [Address(f"/console/areas/{COMMUNITY}/became/", by="admin")],
    "posts:index": [Address("/console/posts/", by="admin"), Address("/console/posts/?show=over", by="admin")],
    "posts:create": [Address("/console/posts/new/", by="admin")],
    "posts:post": [Address(f"/console/posts/{POST}/", by="admin")],
    "posts:give": [Address(f"/console/posts/{POST}/give/?who=deputy", by="admin")],
    "posts:end_post": [Address(f"/console/posts/{POST}/end/", by="admin")],
    "posts:end": [Address(f"/console/posts/held/{TENURE}/end/", by="admin")],
    "groups:index": [
        Address("/console/groups/", by="coord-town"),
        Address("/console/groups/?show=ended", by="coord-town"),  # none
    ],
    "groups:create": [Address("/console/groups/new/", by="coord-town")],
    "groups:group": [Address(f"/console/groups/{GROUP}/", by="coord-town")],
    "groups:change": [Address(f"/console/groups/{GROUP}/change/", by="coord-town")],
    "groups:end": [Address(f"/console/groups/{GROUP}/end/", by="coord-town")],
    "groups:size": [Address(f"/console/groups/{GROUP}/size/", by="coord-town")],
    "groups:bot": [Address(f"/console/groups/{GROUP}/bot/", by="coord-town")],
    "groups:deliveries": [Address("/console/deliveries/", by="coord-town")],
    "groups:late": [Address("/console/deliveries/late/", by="coord-town")],
    "groups:article": [Address(f"/console/deliveries/of/{rows('articles')[0]['code']}/", by="editor")],
    "field_groups:waiting": [Address("/field/groups/", by="grid001")],
    "api:clients": [Address("/console/clients/", by="admin")],
    "api:new_client": [Address("/console/clients/new/", by="admin")],
    "api:tokens": [Address("/console/tokens/", by="coord-town")],
    "api:new_token": [Address("/console/tokens/new/", by="coord-town")],
    "account_set_password": [Address("/accounts/password/set/", by="coord-town")],
    "invitation": [Address("/accounts/invite/d29ya2Vy/x/", status=410)],
    "account_inactive": [Address("/accounts/inactive/")],
    "account_signup": [Address("/accounts/signup/")],
    "reads:index": [Address("/console/channel/reads/", by="editor")],
    "reads:article": [
        Address("/console/channel/reads/of/medical-insurance/", by="editor"),
        Address("/console/channel/reads/of/medical-insurance/?until=2001-02-03", by="coord-town"),  # none
    ],
    "reads:official": [Address("/console/channel/reads/official/", by="editor")],
    "matrix:page": [
        Address("/console/matrix/", by="leader"),
        Address("/console/matrix/?service=requests.overdue&thin=on", by="leader"),
        Address("/console/matrix/?day=2023-02-30", by="leader", status=422),
    ],
    "matrix:map": [Address("/console/matrix/map/?service=requests.by_teams", by="leader")],
    "matrix:thresholds": [Address("/console/matrix/thresholds/150203100/", by="leader")],
    "matrix:threshold": [Address("/console/matrix/thresholds/150203100/venues.open/", by="leader")],
    "wagtail_serve": [Address("/channel/"), Address(column_pages()[0]), Address(article_pages()[0])],
}
ERRORS = [Address("/no-such-page/", status=404), Address("/admin/", by="coord-town", status=403)]
NO_PAGE = {
    "matrix:file": "a file",
    "groups:remove_bot": "takes a button, leads back",
    "groups:send": "takes a button, leads back",
    "groups:step": "takes a button, leads back",
    "field_groups:step": "takes a button, leads back",
    "group_link": "leads on to the article",
    "picture": "a picture of an article",
    "document": "a file of an article",
    "read": "nothing comes back",
    "reads:match": "the sample's official account tells nothing; tests/channel/test_reading.py walks it",
    "desk:call_back": "the sample's calls are made; test_call_backs walks it",
    "desk:call_back_phone": "takes a button, shows it on the call's page",
    "bulletin:latest": "leads on to a month",
    "bulletin:file": "a file",
    "figures:file": "a file",
    "figures:signed": "the sample signs nothing; test_signing walks it",
    "figures:signed_figure": "the sample signs nothing; test_signing walks it",
    "figures:signed_day": "the sample signs nothing; test_signing walks it",
    "figures:signed_file": "a file",
    "charts:file": "a picture",
    "field_requests:part": "nobody is asked to join in the sample; `test_joint` does it",
    "field_requests:part_step": "takes a form, shows it on the part's page",
    "field_requests:part_photo": "a picture",
    "field_requests:part_photo_small": "a picture",
    "field_requests:part_recording": "a sound",
    "desk:part_step": "takes a form, leads back",
    "field:manifest": "for the telephone",
    "field_requests:contact": "takes a form, shows it on the request's page",
    "field_requests:photo": "a picture",
    "field_requests:photo_small": "a picture",
    "api:revoke_client": "takes a button, leads back",
    "api:revoke_token": "takes a button, leads back",
    "people:renew": "takes a button, leads back",
    "people:switch_off": "takes a button, leads back",
    "people:switch_on": "takes a button, leads back",
    "posts:withdraw": "takes a button, leads back",
    "figures:latest": "leads on to the report",
    "display": "takes a form, leads back",
    "sitemap_index": "for programs",
    "sitemap": "for programs",
    "robots": "for programs",
    "reading:feed": "for programs",
    "reading:column_feed": "for programs",
    "reading:language": "keeps the choice, leads on",
    "desk:many": "takes a form; see test_desk",
    "desk:file": "a file",
    "desk:keep": "takes a form, leads back",
    "desk:drop": "takes a button, leads back",
    "desk:step": "takes a form, leads back",
    "desk:orders_look": "takes a file; see tests/browser/test_orders.py",
    "desk:orders_take": "takes a form; see tests/browser/test_orders.py",
    "desk:orders_hand_back": "gives a file",
    "desk:orders_again": "gives a file",
    "desk:contact": "takes a form",
    "desk:photo": "is a picture",
    "desk:photo_small": "is a picture",
    "requests:answer": "takes a form, leads back",
    "requests:add": "takes a form, leads back",
    "desk:read": "takes a button, leads back",
    "field_requests:read": "takes a button, leads back",
    "requests:photo": "a picture",
    "requests:recording": "a sound",
    "desk:recording": "a sound",
    "field_requests:recording": "a sound",
    "requests:follow": "its id belongs to the install; test_asking walks it",
    "requests:photo_small": "a picture",
    "set_language": "takes a form, leads back",
    "learning:text": "a file; see test_learning",
    "learning:file": "a file",
    "learning:session": "a calendar's file",
    "wagtailcore_login": "leads on to the sign-in",
    "wagtailcore_authenticate_with_password": "for pages with a password; there are none",
}
# Wagtail's own screens, which have tests of their own; and what programs ask, where there are no pages.
NOT_OURS = ("admin/", "documents/", "api/", "open311/")


def names(patterns: list[Any] | None = None, namespace: str = "") -> Iterator[str]:
    """The name of every address of ours."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLPattern):
            if each.name:
                yield namespace + each.name
        elif not str(each.pattern).startswith(NOT_OURS):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from names(each.url_patterns, inner)


def examples() -> list[Address]:
    """One page of every kind."""
    return [address for group in EXAMPLES.values() for address in group] + ERRORS


def tables() -> list[str]:
    """One page of records for each table that there is: figures of the same model show the same columns."""
    by_model = {figure.records(Over(parse(PERIOD))).model: key for key, figure in FIGURES.items()}
    return [records_of(key) for key in by_model.values()]


def public_paths() -> list[str]:
    """Every page of the sample that is open to all, but for areas and further pages of records."""
    shown = [address.path for address in examples() if not address.by and address.status == 200]
    # The styleguide has invented people of its own; a receipt is for whoever has its code.
    shown = [path for path in shown if not path.startswith(("/styleguide/", "/r/"))]
    return list(dict.fromkeys([*shown, *map(records_of, FIGURES), *column_pages(), *article_pages()]))
