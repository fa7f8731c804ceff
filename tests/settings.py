"""The settings under test: the project's own, with a database in a file (so that threads and processes share it)
and plain static files."""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from dashboard.settings import *  # noqa: F403
from dashboard.settings import DATABASES, STATIC_ROOT, STORAGES

# A commit that is on the disk takes 7 to 9 ms, in memory a tenth; that the program asks for it is tested by its
# statements. Where there is not enough memory for files, the disk will do.
MEMORY = Path("/dev/shm")
HAS_ROOM = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**29
OUTSIDE = tempfile.TemporaryDirectory(prefix="order-desk-", dir=MEMORY if HAS_ROOM else None)
DATABASES["default"].setdefault("TEST", {})
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"]["NAME"] = str(Path(OUTSIDE.name) / "test.sqlite3")
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SANDBOX_BACKGROUND = False  # tests deliver what is due themselves
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # a fresh clone has neither it nor the folder of the database
PAYMENT_SETTLE_AFTER = dt.timedelta(0)  # a test that is about the time sets it
PAYMENT_WORKER = False  # tests look at what is due themselves
JOBS_WORKER = False  # as above
# Playwright's event loop goes on in the thread of the tests that follow a browser's on the same worker;
# none of them is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Anchors of the log belong to one database; each process that tests has one of its own, which is gone afterwards.
AUDIT_ANCHOR_DIR = Path(OUTSIDE.name) / "anchors"
AUDIT_KEY_FILE = Path(OUTSIDE.name) / "audit-key.pem"
INDEX_FEEDING = INDEX_WORKER = False  # tests feed and look through themselves
SANDBOX_STATIC_NOTIFICATIONS = ""  # nobody listens at the desk's address
EXPORTS_DIR = Path(OUTSIDE.name) / "exports"
INDEX_KEY_FILE = Path(OUTSIDE.name) / "index-key"
