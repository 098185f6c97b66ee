"""Bots: which addresses are taken, what each vendor's answer means, and a pace that no vendor refuses."""

import contextlib
import socket
import ssl
import threading
import time
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as property_test
from hypothesis import strategies as st

from shiliu.core import bots, limits, sending
from shiliu.core.bots import Outcome
from shiliu.core.models import LimitCount
from tests.channel import vendors as servers

pytestmark = pytest.mark.once

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
ADDRESSES = {
    "wecom": f"wecombot://{KEY}",
    "dingtalk": f"dingtalk://{KEY}",
    "feishu": f"feishu://{KEY}",
}
NATIVE = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={KEY}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}",
}
ALL = pytest.mark.parametrize("name", sorted(bots.VENDORS))


@ALL
def test_address_is_read_as_the_vendor_shows_it(name):
    assert bots.read_address(name, f" {NATIVE[name]} ") == ADDRESSES[name]
    assert bots.read_address(name, KEY) == ADDRESSES[name]
    assert bots.vendor_of(ADDRESSES[name]) == name


@ALL
@pytest.mark.parametrize(
    "typed",
    ["", "x", "https://", "http://127.0.0.1/cgi-bin/webhook/send?key=12345678", "wecombot://evil.example/x y",
     f"https://evil.example/?key={KEY}", "<script>alert(1)</script>", "a" * 300, "键键键键键键键键键"],
)  # fmt: skip
def test_other_addresses_are_refused_with_a_sentence(name, typed):
    with pytest.raises(ValidationError, match="Copy it anew"):
        bots.read_address(name, typed)


@ALL
def test_text_is_taken_as_it_is(vendors, name):
    text = "标题：😀\n“第一句。”第二句。\nhttps://x.example/l/abc/1/"
    assert bots.post(ADDRESSES[name], text).outcome == Outcome.TAKEN
    assert vendors.taken == [(name, KEY, text)]


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_signature_is_what_the_vendor_computes(vendors, name):
    vendors.secrets[KEY] = "SECsecret123"
    signed = bots.read_address(name, NATIVE[name], "SECsecret123")
    assert bots.post(signed, "x").outcome == Outcome.TAKEN
    assert bots.post(ADDRESSES[name], "x").outcome == Outcome.REFUSED
    assert bots.pace_of(signed) == bots.pace_of(ADDRESSES[name])


@ALL
def test_too_fast_is_an_error_though_the_status_is_200(vendors, name):
    vendors.answer = lambda vendor, key: (200, servers.TOO_FAST[vendor])
    answer = bots.post(ADDRESSES[name], "x")
    assert answer.outcome == Outcome.WAIT
    assert answer.pause >= {"dingtalk": 600}.get(name, 1)


@ALL
def test_what_nobody_mends_by_waiting_is_refused(vendors, name):
    vendors.unknown.add(KEY)
    answer = bots.post(ADDRESSES[name], "x")
    assert answer.outcome == Outcome.REFUSED
    assert answer.fault.startswith("code ")
    assert KEY not in answer.fault


@pytest.mark.parametrize(("name", "code"), [("dingtalk", 310000), ("feishu", 19024)])
def test_missing_keyword_is_refused(vendors, name, code):
    vendors.keywords[KEY] = "通知"
    assert bots.post(ADDRESSES[name], "x") == bots.Answer(Outcome.REFUSED, f"code {code}")
    assert bots.post(ADDRESSES[name], "通知 x").outcome == Outcome.TAKEN


@ALL
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ((500, b"oops"), Outcome.DOWN),
        ((502, b"<html>Bad Gateway</html>"), Outcome.DOWN),
        ((503, b""), Outcome.DOWN),
        ((504, b""), Outcome.UNCLEAR),  # the gateway gave up waiting, the vendor may not have
        ((429, b""), Outcome.WAIT),
        ((404, b"<html></html>"), Outcome.REFUSED),
        ((302, b""), Outcome.REFUSED),
        ((200, b"<html>sign in to this network</html>"), Outcome.UNCLEAR),
        ((200, b"[]"), Outcome.UNCLEAR),
        ((200, b'{"errcode": null, "code": "x"}'), Outcome.UNCLEAR),
        ((200, None), Outcome.UNCLEAR),  # cut off
    ],
)
def test_answers_of_others_than_the_vendor(vendors, name, reply, outcome):
    vendors.answer = lambda vendor, key: reply
    assert bots.post(ADDRESSES[name], "x").outcome == outcome


@ALL
def test_no_connection_is_surely_not_taken(settings, name):
    settings.BOTS_URL = "http://127.0.0.1:9"
    assert bots.post(ADDRESSES[name], "x") == bots.Answer(Outcome.DOWN, "no connection")


@pytest.fixture
def stranger(tmp_path):
    """The address of a server with a certificate that nobody vouches for, such as a proxy's in between."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = timezone.now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    pem = tmp_path / "stranger.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            with contextlib.suppress(OSError):
                context.wrap_socket(listening.accept()[0], server_side=True)

        thread = threading.Thread(target=greet)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_stranger_in_the_vendor_s_place_surely_did_not_take_it(settings, stranger):
    settings.BOTS_URL = stranger
    assert bots.post(ADDRESSES["wecom"], "x") == bots.Answer(Outcome.DOWN, "no connection")


def test_silence_is_unclear(vendors):
    vendors.answer = lambda vendor, key: time.sleep(1.5)
    assert bots.post(ADDRESSES["wecom"], "x") == bots.Answer(Outcome.UNCLEAR, "no answer in time")


TEXTS = st.text(st.sampled_from('路灯亮。，\n 😀é"\\a'), min_size=1, max_size=9_000)


@ALL
@property_test(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_pieces_are_what_the_vendor_takes(vendors, name, text):
    vendors.taken.clear()
    vendors.hits.clear()
    for piece in sending.pieces(text, sending.limit_of(ADDRESSES[name])):
        vendors.hits.clear()
        assert bots.post(ADDRESSES[name], piece).outcome == Outcome.TAKEN
    assert "".join(vendors.texts(KEY)) == text


@ALL
@property_test(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pauses=st.lists(
        st.sampled_from([0, 0, 0.1, 0.5, 1, 3, 14.9, 40, 74.9, 75, 80]), min_size=30, max_size=90
    ),
    delays=st.lists(st.floats(0, 10), min_size=90, max_size=90),
)
def test_pace_is_never_faster_than_the_vendor_allows(db, monkeypatch, name, pauses, delays):
    """Whenever it is asked for, and however long each call takes to arrive (up to the time-out)."""
    LimitCount.objects.all().delete()
    now, arrived = 1_700_000_000.0, []
    for pause, delay in zip(pauses, delays, strict=False):
        now += pause
        for module in (limits, bots):
            monkeypatch.setattr(module.time, "time", lambda at=now: at)
        if not bots.take_turn(ADDRESSES[name]):
            arrived.append(now + delay)
    vendor = servers.Vendors(clock=lambda: 0)
    for at in sorted(arrived):
        vendor.clock = lambda at=at: at
        assert vendor._limited(name, KEY) is None
    assert arrived


def test_turn_says_for_how_long_there_is_none(db):
    waits = [bots.take_turn(ADDRESSES["wecom"]) for _n in range(25)]
    assert 0 < waits[-1] <= 75
    assert bots.take_turn("wecombot://another-key-123") in (0, pytest.approx(75, abs=75))


def test_pace_is_of_the_bot_and_tells_no_key(db):
    one, other = (bots.pace_of(f"wecombot://{key}") for key in (KEY, "another-key-123"))
    assert one != other
    assert KEY not in one
    assert len(one) == 32


def test_send_uses_them_too(vendors, db):
    assert sending.send(ADDRESSES["wecom"], "甲" * 1_000)
    assert [len(text.encode()) for text in vendors.texts(KEY)] == [2046, 954]
    vendors.answer = lambda vendor, key: (200, servers.TOO_FAST[vendor])
    assert not sending.send(ADDRESSES["wecom"], "x")
