"""A web process is loaded whole before its first request, and its old objects are set aside."""

import subprocess
import sys

SEEN = "import gc, sys, shiliu.wsgi; print(gc.get_freeze_count(), 'shiliu.requests.views' in sys.modules)"


def test_web_process_is_settled_before_its_first_request():
    done = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=True)

    set_aside, loaded = done.stdout.split()
    assert int(set_aside) > 100_000
    assert loaded == "True"
