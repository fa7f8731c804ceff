"""The project's own settings, as `manage.py serve` takes them, for the desks that a browser drives."""

import datetime as dt

from dashboard.settings import *  # noqa: F403
from dashboard.settings import DATA_DIR, LANGUAGES, LOCALE_PATHS
from tests import pseudo

PAYMENT_SETTLE_AFTER = dt.timedelta(0)  # a person's word is taken at once
SANDBOX_PENDING_SECONDS = 3600.0  # the provider finishes when a test says so, however fast the machine is
ORDER_API_READ_TIMEOUT = 60.0  # seconds, for the desk over the network: a machine under load is no outage
PSEUDO = "pseudo"
"""The folder of the languages that nobody speaks, in the data folder."""
LOCALE_PATHS = [*LOCALE_PATHS, DATA_DIR / PSEUDO]
LANGUAGES = [*LANGUAGES, *pseudo.LANGUAGES]
