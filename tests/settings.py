"""The settings of a test run: those of an install of its own, in a temporary folder, whatever the shell says.

Only DATABASE_URL is taken from outside: tools/test.py runs the same tests on PostgreSQL with it.
"""

import atexit
import os
import shutil
import tempfile

for _name in [name for name in os.environ if name.startswith("SHILIU_")]:
    del os.environ[_name]
os.environ["SHILIU_DATA"] = tempfile.mkdtemp(prefix="shiliu-test-")
atexit.register(shutil.rmtree, os.environ["SHILIU_DATA"], ignore_errors=True)

from shiliu.settings import *  # noqa: E402, F403
from shiliu.settings import DATA, DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir()

# The real hashers are slow on purpose; tests sign in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "shiliu.core.sqlite":
    # A file, as in an install: several connections and processes work on it at the same time.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    # What the machine's own crash would lose does not matter here; kills of processes lose nothing.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
# Each test's client makes the middleware anew, which would read all static files: a fifth of a page's time.
WHITENOISE_AUTOREFRESH = True
FIGURES_SECONDS = 0  # a test asks again for what it has just changed
SENDS_MAIL = True  # into the test's own box
REPORT_KEYS = ["5e" * 32]  # signs nothing but tests
