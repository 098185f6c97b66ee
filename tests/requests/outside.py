"""A mail server and a web server on this machine that really receive, for notices that go out."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as Python's client speaks."""

    server: Any

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                self.server.received.append(self._data())
                self._say("250 kept")
            elif verb == "RCPT" and self.server.refuses:
                self._say("550 no such person")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Web(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, json.loads(body)))
        self.send_response(500 if self.server.refuses else 200)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Nothing: the log is a test's."""


@contextmanager
def _running(server: Any, refuses: bool) -> Iterator[Any]:
    server.received, server.refuses = [], refuses
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def mail_server(*, refuses: bool = False) -> Any:
    """with mail_server() as mail: … mail.received: the messages, whole."""
    return _running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail), refuses)


def web_server(*, refuses: bool = False) -> Any:
    """with web_server() as web: … web.received: (path, what came as JSON)."""
    return _running(HTTPServer(("127.0.0.1", 0), _Web), refuses)
