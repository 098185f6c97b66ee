"""A WSGI application that gives the same bytes to everybody: what the server itself can do."""

import os

BODY = b"x" * int(os.environ.get("BENCH_SIZE", "20000"))
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def application(environ, start_response):  # type: ignore[no-untyped-def]
    start_response("200 OK", HEADERS)
    return [BODY]
