"""The WeChat data interface, played by a server of our own with the bodies and errors that it gives."""

import json
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from shiliu.channel.models import OfficialArticle, OfficialDay, OfficialFetch, Reads
from shiliu.channel.official import client as clients
from shiliu.channel.official.tasks import BACK, fetch_official_reads
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "s3cret-of-the-account"  # noqa: S105 (invented)
TITLE = "测试文章a-1"


class WeChat(ThreadingHTTPServer):
    """What it answers by path; an error is answered with HTTP 200, as there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, dict]] = []
        self.tokens = 0
        self.errors: dict[str, list[object]] = {}
        self.readers: dict[str, dict[str, int]] = {}
        self.published: dict[str, list[dict]] = {}
        self.delayed = False

    def answer(self, path: str, token: str, body: dict) -> object:
        self.asked.append((path, body))
        if self.errors.get(path):
            return self.errors[path].pop(0)
        if path == "/cgi-bin/stable_token":
            if body["secret"] != SECRET:
                return {"errcode": 40125, "errmsg": f"invalid appsecret {body['secret']}"}
            self.tokens += 1
            return {"access_token": f"token-{self.tokens}", "expires_in": 7200}
        if token != f"token-{self.tokens}":
            return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
        day = body["begin_date"]
        assert body == {"begin_date": day, "end_date": day}
        if path == "/datacube/getarticleread":
            rows = [
                {"ref_date": day, "msgid": msgid, "detail": {
                    "read_user": n, "read_user_source": [{"user_count": n, "scene_desc": "全部"}]}}
                for msgid, n in self.readers.get(day, {}).items()
            ]  # fmt: skip
            return {"list": rows, "is_delay": self.delayed}
        assert path == "/datacube/getarticletotaldetail"
        return {"list": self.published.get(day, []), "is_delay": self.delayed}


class Answering(BaseHTTPRequestHandler):
    server: WeChat

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path, _mark, query = self.path.partition("?")
        answer = self.server.answer(path, query.removeprefix("access_token="), body)
        sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def wechat(settings):
    server = WeChat()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.WECHAT_API = f"http://127.0.0.1:{server.server_port}"
    settings.WECHAT_APPID, settings.WECHAT_SECRET = "wx0", SECRET
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def article(places):
    return factories.article(factories.column(places.east), "a-1")


@pytest.fixture
def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def listed(msgid: str, title: str) -> dict:
    return {
        "ref_date": "2026-08-06", "msgid": msgid, "publish_type": 0, "title": title,
        "content_url": "https://mp.weixin.qq.com/s/abc", "detail_list": [],
    }  # fmt: skip


def official() -> list[tuple[str, date, int]]:
    rows = Reads.objects.filter(source="official").order_by("day", "article__code")
    return list(rows.values_list("article__code", "day", "reads"))


def errors() -> set[str]:
    return set(OfficialFetch.objects.exclude(error="").values_list("error", flat=True))


def test_without_credentials_nobody_is_asked(wechat, settings, article):
    settings.WECHAT_SECRET = ""
    fetch_official_reads.call()
    assert wechat.asked == []


def test_figures_of_yesterday_come_to_the_article_of_that_title(wechat, article, yesterday):
    wechat.readers = {str(yesterday): {"2247490098_1": 4123}}
    wechat.published = {str(yesterday): [listed("2247490098_1", TITLE)]}
    fetch_official_reads.call()
    assert official() == [("a-1", yesterday, 4123)]
    assert Reads.objects.get().area_id == article.area_id
    assert OfficialFetch.objects.get(day=yesterday).articles == 1
    assert wechat.tokens == 1


def test_fetched_twice_it_is_stored_once(wechat, article, yesterday):
    wechat.readers = {str(yesterday): {"1_1": 5}}
    wechat.published = {str(yesterday): [listed("1_1", TITLE)]}
    fetch_official_reads.call()
    OfficialFetch.objects.all().delete()
    fetch_official_reads.call()
    assert official() == [("a-1", yesterday, 5)]
    assert OfficialDay.objects.count() == 1


def test_days_that_are_there_are_not_asked_for_again(wechat, article, yesterday):
    fetch_official_reads.call()
    asked = [body["begin_date"] for path, body in wechat.asked if path.endswith("getarticleread")]
    assert asked == [str(yesterday - timedelta(days=n)) for n in range(BACK - 1, -1, -1)]
    wechat.asked.clear()
    fetch_official_reads.call()
    assert wechat.asked == []


def test_delayed_figures_are_counted_and_asked_for_again(wechat, article, yesterday):
    wechat.readers = {str(yesterday): {"1_1": 5}}
    wechat.published = {str(yesterday): [listed("1_1", TITLE)]}
    wechat.delayed = True
    fetch_official_reads.call()
    wechat.readers, wechat.delayed = {str(yesterday): {"1_1": 8}}, False
    fetch_official_reads.call()
    assert official() == [("a-1", yesterday, 8)]
    assert errors() == set()


def test_what_an_editor_typed_stays(wechat, article, yesterday):
    factories.reads(article, day=yesterday, source="official", reads=70)
    wechat.readers = {str(yesterday): {"1_1": 5}}
    wechat.published = {str(yesterday): [listed("1_1", TITLE)]}
    fetch_official_reads.call()
    assert official() == [("a-1", yesterday, 70)]


def test_article_that_stands_there_twice_counts_both(wechat, article, yesterday):
    wechat.readers = {str(yesterday): {"1_1": 5, "2_1": 6}}
    wechat.published = {str(yesterday): [listed("1_1", TITLE), listed("2_1", TITLE)]}
    fetch_official_reads.call()
    assert official() == [("a-1", yesterday, 11)]


def test_article_of_another_town_is_not_taken_for_ours(wechat, places, yesterday):
    """A county has one install for all of its towns, and one official account on it."""
    factories.article(factories.column(places.far), "a-1")
    wechat.readers = {str(yesterday): {"1_1": 5}}
    wechat.published = {str(yesterday): [listed("1_1", TITLE)]}
    fetch_official_reads.call()
    assert official() == []
    ours = factories.article(factories.column(places.east, code="own"), "a-2", title=TITLE)
    OfficialFetch.objects.all().delete()
    fetch_official_reads.call()
    assert official() == [(ours.code, yesterday, 5)]


def test_article_of_unknown_title_waits_for_an_editor(wechat, article, yesterday):
    wechat.readers = {str(yesterday): {"1_1": 5, "2_1": 6}}
    wechat.published = {str(yesterday): [listed("1_1", "别的题目")]}
    fetch_official_reads.call()
    assert official() == []
    assert sorted(OfficialArticle.objects.values_list("msgid", "title", "article")) == [
        ("1_1", "别的题目", None), ("2_1", "", None),
    ]  # fmt: skip


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_token_that_ended_is_asked_for_once_more(wechat, article, yesterday, code):
    wechat.errors["/datacube/getarticleread"] = [{"errcode": code, "errmsg": "access_token expired"}]
    wechat.readers = {str(yesterday): {"1_1": 5}}
    fetch_official_reads.call()
    assert OfficialDay.objects.get().readers == 5
    assert wechat.tokens == 2


def test_token_is_kept_until_it_ends(wechat, article, yesterday, monkeypatch):
    client = clients.Client()
    client.readers(yesterday)
    client.published(yesterday)
    assert wechat.tokens == 1
    now = clients.time.monotonic()
    monkeypatch.setattr(clients.time, "monotonic", lambda: now + 7200 - clients.SPARE + 1)
    client.readers(yesterday)
    assert wechat.tokens == 2


@pytest.mark.parametrize(
    ("code", "said", "goes_on"),
    [
        (48001, "only certified accounts may", False),
        (45009, "asked too often today", False),
        (61501, "no figures of that day yet", True),
        (47009, "error 47009", True),
        (-1, "error -1", True),
    ],
)
def test_error_is_a_sentence_on_record(wechat, article, caplog, code, said, goes_on):
    wechat.errors["/datacube/getarticleread"] = [{"errcode": code, "errmsg": f"hint {SECRET}"}]
    fetch_official_reads.call()
    assert len(errors()) == 1
    assert said in errors().pop()
    assert OfficialFetch.objects.count() == (BACK if goes_on else 1)
    assert SECRET not in caplog.text
    assert "token-1" not in caplog.text


def test_wrong_secret_is_said_and_never_shown(wechat, article, settings, caplog):
    settings.WECHAT_SECRET = "another-secret"  # noqa: S105 (invented)
    fetch_official_reads.call()
    assert "SHILIU_WECHAT_APPID" in errors().pop()
    assert "another-secret" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"<html>busy</html>", b"", b"[]", b"\xff\xfe", {"list": 1}, {"list": [1, {"msgid": "1_1"}]},
        {"list": [{"msgid": "1_1", "detail": 5}]}, {"list": [{"msgid": "1_1", "detail": {"read_user": -4}}]},
        {"list": [{"msgid": "1_1", "detail": {"read_user": "many"}}]}, {},
        {"list": [{"msgid": "1_1", "detail": {"read_user": True}}]},
        {"list": [{"msgid": "1_1", "detail": {"read_user": 2**31}}]},
    ],
    ids=str,
)  # fmt: skip
def test_answer_that_makes_no_sense_counts_nothing(wechat, article, body):
    wechat.errors["/datacube/getarticleread"] = [body] * BACK
    fetch_official_reads.call()
    assert not OfficialDay.objects.exists()


def test_address_that_is_no_web_address_is_left_out(wechat, article, yesterday):
    wechat.published = {str(yesterday): [listed("1_1", "t") | {"content_url": "javascript:alert(1)"}]}
    fetch_official_reads.call()
    assert OfficialArticle.objects.get().url == ""


def test_silent_server_is_a_sentence(settings, article, yesterday):
    settings.WECHAT_API = "http://127.0.0.1:9"
    settings.WECHAT_APPID, settings.WECHAT_SECRET = "wx0", SECRET
    fetch_official_reads.call()
    assert errors() == {"WeChat does not answer. It is tried again later."}
