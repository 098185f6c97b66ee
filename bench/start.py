"""From a prepared tree with the sample to `/` and `/readyz` answering, and the memory of the whole tree.

Aims: under 8 s; under 350 MB proportional set size (each shared page counted once over the tree), read
after both sites and a sign-in page were served, so that what a first visitor loads is counted.
"""

import argparse
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
from _common import SHILIU, free_port, install, median, shiliu, target


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def once(env: dict[str, str]) -> tuple[float, float]:
    """Seconds to readiness and megabytes of the tree, of one start."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    server = subprocess.Popen([SHILIU, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        waiting = [base + "/readyz", base + "/"]
        while waiting:
            if server.poll() is not None or time.perf_counter() - began > 60:
                sys.exit("the server did not start")
            waiting = [url for url in waiting if not answers(url)]
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        for path in ("/report/2023H1/", "/accounts/login/", "/channel/"):
            answers(base + path)
        time.sleep(4)  # the worker's first rounds
        tree = psutil.Process(server.pid)
        pss = sum(p.memory_full_info().pss for p in [tree, *tree.children(recursive=True)])
        return seconds, pss / 1e6
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with install() as env:
        shiliu("sample", env=env)
        found = [once(env) for _ in range(options.repeat)]
    for seconds, megabytes in found:
        print(f"ready after {seconds:.2f} s, {megabytes:.0f} MB proportional")
    target("start_seconds", median([s for s, _ in found]), 8)
    target("start_tree_mb", median([m for _, m in found]), 350)


if __name__ == "__main__":
    main()
