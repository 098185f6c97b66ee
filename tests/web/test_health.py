"""/healthz and /readyz: for the supervisor and the proxy, before hosts, sessions and sign-ins."""

import pytest
from django.db import connection
from django.test import Client


@pytest.fixture
def stranger() -> Client:
    """A probe that knows the machine's address only."""
    return Client(headers={"host": "10.0.0.7:8000"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probe_is_answered_under_any_host_without_a_session(stranger, path):
    response = stranger.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain")
    assert response.content in (b"ok\n", b"ready\n")
    assert not response.cookies
    assert stranger.get("/").status_code == 400


def test_process_is_healthy_without_a_database(stranger):
    """No database is allowed in this test; the answer needs none."""
    assert stranger.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_not_ready_while_the_database_does_not_answer(stranger, monkeypatch):
    monkeypatch.setattr(connection, "cursor", lambda: 1 / 0)
    response = stranger.get("/readyz")
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")


@pytest.mark.django_db
def test_ready_is_one_query(stranger, django_assert_num_queries):
    with django_assert_num_queries(1):
        stranger.get("/readyz")


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/healthz/x"])
@pytest.mark.django_db
def test_nothing_else_is_let_in_that_way(stranger, path):
    assert stranger.get(path).status_code == 400
