"""Whatever is sent to the form for asking: a page with a sentence, what was typed in it, never a 500."""

import random
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from shiliu.requests.models import Request
from tests import factories

SCRIPTS = {
    "Chinese": "三号楼前的路灯不亮",
    "Mongolian": "ᠭᠤᠳᠤᠮᠵᠢ ᠶᠢᠨ ᠳᠡᠩᠯᠦᠦ",
    "Uyghur": "كوچا چىرىغى يانمايدۇ",
    "Tibetan": "ལམ་སྒྲོན་མི་འབར།",
    "Korean": "가로등이 꺼졌어요",
    "Cyrillic": "Гудамжны гэрэл асахгүй",
    "emoji": "👩‍👧🌱💡❌",
    "rare": "𠀀𪚥𰻞㐀",
    "both ways": "אור \u202eabc\u202c 灯",
    "combining": "e" + "\u0301" * 300,
    "invisible": "灯\u200b\u200d\ufeff\u2028\u2029\x85灯",
    "markup": "<script>alert(1)</script> & \"'` {{ x }} {% y %} %s %(a)s",
    "formula": "=cmd|'/c calc'!A1",
}
# What an upload may be called.
NAMES = [
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\Windows\\a.jpg",
    "a" * 5000 + ".jpg",
    "灯\r\nX-Evil: 1.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "%00.jpg",
    "a\x00.jpg",
    ".",
    "..",
    "",
    "/",
    "con",
    "\u202egpj.exe",
    "ᠳᠡᠩ.jpg",
    'a;b=c".jpg',
    "👩‍👧.heic",
]


@pytest.fixture
def resident(client, places):
    factories.category(code="lamp")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sent(area, **values) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "words": "路灯不亮",
        "area": area.code,
        "category": "lamp",
        "contact_name": "甲某",
    } | values


def said(response) -> list[str]:
    return [sentence for several in response.context["form"].errors.values() for sentence in several]


@pytest.mark.parametrize("words", SCRIPTS.values(), ids=SCRIPTS)
def test_words_in_any_script_come_through(resident, places, words):
    made = resident.post("/ask/", sent(places.east_1, words=words))
    assert made.status_code == 302
    assert Request.objects.get().words == words
    page = resident.get(made.headers["Location"]).content.decode()
    assert "<script>alert" not in page
    assert escape(words.splitlines()[0][:3]) in page


def test_nul_is_left_out_and_line_ends_are_one_character(resident, places):
    resident.post("/ask/", sent(places.east_1, words="a\0b\r\nc\rd", contact_name="甲\0某", address="\0"))
    made = Request.objects.get()
    assert (made.words, made.contact_name, made.address) == ("ab\nc\nd", "甲某", "")


@pytest.mark.parametrize(
    "words", ["灯" * 10_000, "ᠳᠡᠩ " * 2500, "👩‍👧" * 3333, "\r\n" + "灯\r\n" * 5000 + "灯"]
)
def test_ten_thousand_characters_come_back_with_a_sentence(resident, places, words):
    response = resident.post("/ask/", sent(places.east_1, words=words))
    assert response.status_code == 422
    [sentence] = said(response)
    assert "at most 4000 are taken. Please shorten it" in sentence
    page = response.content.decode()
    assert max(words.splitlines(), key=len) in page
    assert "甲某" in page
    assert "maxlength" not in page.partition('<textarea name="words"')[2].partition(">")[0]
    assert not Request.objects.exists()


def test_four_thousand_characters_on_many_lines_are_taken(resident, places):
    resident.post("/ask/", sent(places.east_1, words="灯\r\n" * 1999 + "灯灯"))
    assert len(Request.objects.get().words) == 4000


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["pictures", "recording"])
def test_name_of_a_file_is_no_path_and_no_markup(resident, places, name, field):
    data = SimpleUploadedFile("a.jpg", b"no picture and no sound")
    data._name = name  # past the check that a browser does not have
    response = resident.post("/ask/", sent(places.east_1, **{field: data}))
    assert response.status_code in (302, 400, 422)  # without a name it is no file
    if response.status_code == 422:
        assert len(said(response)) == 1
        assert "<img src=x" not in response.content.decode()
        assert "路灯不亮" in response.content.decode()


BOUNDARY = "x"
PART = '--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n灯\r\n--x--\r\n'
BODIES = {
    "empty": b"",
    "no boundary": b"words=1",
    "no end": PART.encode()[:40],
    "not utf-8": PART.encode("gb18030"),
    "no name": b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
    "no disposition": b"--x\r\n\r\na\r\n--x--\r\n",
    "header only": b"--x\r\nContent-Disposition: form-data; name=words",
    "base64": PART.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n").encode(),
    "base64 of a file": (
        b'--x\r\nContent-Disposition: form-data; name="pictures"; filename="a.jpg"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n"
    ),
    "long header": b"--x\r\nX: " + b"a" * 100_000 + b"\r\n\r\na\r\n--x--\r\n",
    "nested": b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
    "random": random.Random(3).randbytes(2000),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("checks", [False, True])
def test_malformed_form_is_a_page(resident, body, checks):
    client = Client(enforce_csrf_checks=checks, raise_request_exception=True)
    for content_type in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "y" * 300,
        "multipart/form-data; boundary=x; charset=none",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded",
        "application/json",
        "",
        "x",
    ):
        response = client.generic("POST", "/ask/", body, content_type)
        assert response.status_code in (400, 403, 422), content_type
        assert "<html" in response.content.decode()
    assert not Request.objects.exists()


@pytest.mark.parametrize("n", [900, 1001, 5000])
def test_thousands_of_fields_are_refused(resident, places, n):
    more = {f"q-{number}": "x" for number in range(n)}
    response = resident.post("/ask/", sent(places.east_1) | more)
    assert response.status_code == (302 if n < 1000 else 400)
    step = resident.post("/ask/", sent(places.east_1) | more | {"step": "what"})
    assert step.status_code == (200 if n < 1000 else 400)


def test_hundreds_of_files_are_refused(resident, places):
    files = [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(101)]
    assert resident.post("/ask/", sent(places.east_1, pictures=files)).status_code == 400
    assert resident.post("/ask/", sent(places.east_1, pictures=files[:20])).status_code == 422


@pytest.mark.parametrize(
    "value", ["\0", "\ud7ff", "💡", "-1", "9" * 4000, "'; DROP TABLE x; --", "lamp\0", " "]
)
def test_any_value_in_any_field_is_an_answer(resident, places, value):
    names = [
        "key",
        "words",
        "area",
        "category",
        "address",
        "contact_name",
        "contact_phone",
        "contact_email",
        "lat",
        "long",
        "numbers",
        "not_elsewhere",
        "pictures",
        "recording",
        "q-x",
        "seen",
        "source",
    ]
    for name in names:
        response = resident.post("/ask/", sent(places.east_1) | {name: value})
        assert response.status_code in (302, 422), name
        for step in ("what", "where", "words", "position"):
            response = resident.post("/ask/", sent(places.east_1) | {name: value, "step": step})
            assert response.status_code in (200, 422), (name, step)
        assert resident.get("/ask/", {name: value}).status_code in (200, 422), name
