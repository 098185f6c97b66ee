"""A body that is too large is refused with a page before it has been sent."""

import socket
import subprocess
import sys

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.helpers import free_port, wait_for

HEAD = (
    "POST /language/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [60_000_001, 10**18])
def test_large_body_is_refused_with_a_page(client: Client, size):
    response = client.post("/language/", headers={"accept-language": "en"}, CONTENT_LENGTH=size)

    assert response.status_code == 413
    assert "at most 60 MB" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(("spare", "status"), [(0, 302), (-1, 413)])
def test_body_of_the_very_size_is_read(client: Client, settings, spare, status):
    form = encode_multipart(BOUNDARY, {"language": "en", "next": "/"})
    settings.MAX_REQUEST_BODY = len(form) + spare

    assert client.generic("POST", "/language/", form, MULTIPART_CONTENT).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("size", ["", "x", "-1"])
def test_size_that_is_no_number_reads_nothing(client: Client, size):
    assert client.post("/language/", {"language": "en"}, CONTENT_LENGTH=size).status_code < 500


@pytest.fixture
def port(prepared_install, tmp_path):
    """`shiliu serve`, ready, at this port."""
    port, output = free_port(), tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "shiliu", "serve", "--port", str(port)],
            env=prepared_install,
            stdout=file,
            stderr=file,
        )
    try:
        wait_for(lambda: process.poll() is not None or b"Shiliu is ready" in output.read_bytes(), 60)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def answer_to(port: int, lines: str, body: int) -> tuple[bytes, int]:
    """What comes back, and how many bytes of the body could be sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall((HEAD.format(port=port) + lines).encode())
        sent = 0
        try:
            while sent < body:
                connection.sendall(bytes(65536))
                sent += 65536
        except OSError:
            pass  # it listens no more
        answer = b""
        while b"</html>" not in answer and (block := connection.recv(65536)):
            answer += block
    return answer, sent


@pytest.mark.once
def test_server_answers_without_reading_it_all(port):
    size = 1_000_000_000

    answer, sent = answer_to(port, f"Accept-Language: en\r\nContent-Length: {size}\r\n\r\n", size)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"All photos and files together may be at most 60 MB" in answer
    assert sent < size / 20  # what the sockets hold


@pytest.mark.parametrize("path", ["/areas/%00/", "/r/%00/", "/nowhere/%00"])
def test_address_with_a_nul_leads_nowhere(client, db, path):
    assert client.get(path).status_code == 404


def test_nul_in_a_query_is_left_out(client, db):
    assert client.get("/search/?q=a%00b").context["query"] == "ab"


def test_address_of_a_form_has_a_page_for_who_comes_by_its_link(client, db):
    response = client.get("/display/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "<h1>" in response.content.decode()
