"""The settings under test: the project's own, with a database on disk (so that threads share it)
and plain static files."""

import datetime as dt
import os
import tempfile
from pathlib import Path

from dashboard.settings import *  # noqa: F403
from dashboard.settings import DATA_DIR, DATABASES, STATIC_ROOT, STORAGES

DATABASES["default"].setdefault("TEST", {})
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"]["NAME"] = str(DATA_DIR / "test.sqlite3")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SANDBOX_BACKGROUND = False  # tests deliver what is due themselves
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # a fresh clone has neither it nor the folder of the database
PAYMENT_SETTLE_AFTER = dt.timedelta(0)  # a test that is about the time sets it
PAYMENT_WORKER = False  # tests look at what is due themselves
# Playwright's event loop goes on in the thread of the tests that follow a browser's on the same worker;
# none of them is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Anchors of the log belong to one database; each process that tests has one of its own, which is gone afterwards.
OUTSIDE = tempfile.TemporaryDirectory(prefix="order-desk-")
AUDIT_ANCHOR_DIR = Path(OUTSIDE.name) / "anchors"
AUDIT_KEY_FILE = Path(OUTSIDE.name) / "audit-key.pem"
