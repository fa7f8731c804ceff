"""Settings. Every one of them comes from the environment; README.md lists them. Bad values are reported all at once."""

import datetime as dt
import re
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import validate as env_validate

from dashboard import stack
from dashboard.env import ROOT, env
from dashboard.logs import logging_at
from dashboard.loopback import is_loopback
from dashboard.sign_in import *  # noqa: F403
from ui import languages

BASE_DIR = ROOT
DEMO_SECRET_KEY = "demo-key-for-the-sandbox-on-this-machine-only-never-for-a-server"  # noqa: S105
DEMO_TOKEN = "sandbox"  # noqa: S105 - the sandbox's documented default


def https_host(text: str) -> str:
    """The host, with its port if it has one, of `cdn.example.com` or `https://cdn.example.com`;
    ValueError for anything else."""
    address = text.strip().lower()
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if (
        parts.scheme != "https"
        or not re.fullmatch(r"(\*\.)?[\w.-]+(:\d+)?", parts.netloc)
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ValueError(f"{text!r} is not a host; write cdn.example.com or https://cdn.example.com.")
    return parts.netloc


def is_hard_to_guess(secret: str, least: int) -> bool:
    """Whether it is so long, and not the same few characters over and over."""
    return len(secret) >= least and len(set(secret)) >= least // 4


# --- Where and how it is served
DEBUG = env.bool("DEBUG", False)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
WORKERS = env.int("WEB_CONCURRENCY", 1)
THREADS = env.int("THREADS", 8)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", DEMO_SECRET_KEY)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])  # keys of before, while a new one takes over
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)  # how many proxies of yours add to X-Forwarded-For
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
HTTPS = env.bool("HTTPS", not is_loopback(HOST))
HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)  # how long browsers remember that this host speaks HTTPS alone

# --- The Order API: the embedded one, unless there is an address
ORDER_API_URL = env.str("ORDER_API_URL", "").rstrip("/")
ORDER_API_TOKEN = env.str("ORDER_API_TOKEN", "")
ORDER_API_CHANNELS: list[str] = env.list("ORDER_API_CHANNELS", [])
ORDER_API_CONNECT_TIMEOUT = env.float("ORDER_API_CONNECT_TIMEOUT", 3.0)  # seconds
ORDER_API_READ_TIMEOUT = env.float("ORDER_API_READ_TIMEOUT", 10.0)  # seconds
FAN_OUT_AT_ONCE = env.int("FAN_OUT_AT_ONCE", 6)  # channels
FAN_OUT_CALLS_A_MINUTE = env.int("FAN_OUT_CALLS_A_MINUTE", 1200)
FAN_OUT_DEADLINE = env.float("FAN_OUT_DEADLINE", 3.0)  # seconds
ENVIRONMENT = env.str("ENVIRONMENT", "")
IMAGE_HOSTS: list[str] = env.list("IMAGE_HOSTS", [])  # where product pictures may come from; made hosts below

# --- Payment actions
PAYMENT_REAUTH_MINUTES = env.float("PAYMENT_REAUTH_MINUTES", 5.0)  # how long a password is good for
PAYMENT_MANAGER_LIMITS: dict[str, str] = env.dict(
    "PAYMENT_MANAGER_LIMITS",  # what a manager does alone, at once/in a day
    dict.fromkeys(("SEK", "NOK"), "5000/25000") | {"DKK": "3500/17500", "EUR": "500/2500", "USD": "500/2500"},
)
PAYMENT_APPROVAL_TIME = dt.timedelta(hours=env.float("PAYMENT_APPROVAL_HOURS", 24.0))
PAYMENT_CHANGED_ACCOUNT_TIME = dt.timedelta(hours=env.float("PAYMENT_CHANGED_ACCOUNT_HOURS", 24.0))
PAYMENT_RECONCILE_TIME = dt.timedelta(hours=env.float("PAYMENT_RECONCILE_HOURS", 72.0))
PAYMENT_GIVEN_UP_AFTER = dt.timedelta(seconds=env.float("PAYMENT_GIVEN_UP_SECONDS", 90.0))
PAYMENT_WATCH_TIME = dt.timedelta(hours=env.float("PAYMENT_WATCH_HOURS", 72.0))  # after an end, often
PAYMENT_WATCH_DAYS = dt.timedelta(days=env.float("PAYMENT_WATCH_DAYS", 14.0))  # and then daily
PAYMENT_CALLS_A_MINUTE = env.int("PAYMENT_CALLS_A_MINUTE", 30)  # the most that the watch reads, over all payments
PAYMENT_ADAPTER_PROFILES = env.json("PAYMENT_ADAPTER_PROFILES", {})  # payments/executions/profiles.py
PAYMENT_REFRESH_FIRST = env.bool("PAYMENT_REFRESH_FIRST", False)  # ask the adapter as a payment's dialog is opened
PAYMENT_SETTLE_AFTER = dt.timedelta(minutes=env.float("PAYMENT_SETTLE_MINUTES", 15.0))  # by hand, after sending
PAYMENT_WORKER = env.bool("PAYMENT_WORKER", True)  # whether a process that serves looks at what is in doubt

# --- Alerts: what becomes one, and who outside the desk is told (docs/alerts.md)
PAYMENT_ALERT_DOUBT = dt.timedelta(minutes=env.float("PAYMENT_ALERT_DOUBT_MINUTES", 15.0))
PAYMENT_ALERT_PENDING = dt.timedelta(hours=env.float("PAYMENT_ALERT_PENDING_HOURS", 24.0))
PAYMENT_ALERT_APPROVAL = dt.timedelta(minutes=env.float("PAYMENT_ALERT_APPROVAL_MINUTES", 30.0))
PAYMENT_ALERT_HEARTBEAT = dt.timedelta(minutes=env.float("PAYMENT_ALERT_HEARTBEAT_MINUTES", 5.0))
ALERT_WEBHOOK_URL = env.str("ALERT_WEBHOOK_URL", "")
ALERT_WEBHOOK_SECRET = env.str("ALERT_WEBHOOK_SECRET", "")
ALERT_MAIL_TO: list[str] = env.list("ALERT_MAIL_TO", [])
DESK_URL = env.str("DESK_URL", "").rstrip("/")  # the desk's own address; without one nobody is mailed about their queue
ALERT_DESK_URL = env.str("ALERT_DESK_URL", DESK_URL).rstrip("/")  # what comes before a path in what is sent

# --- The audit log, outside of its table
AUDIT_ANCHOR_DIR = Path(env.str("AUDIT_ANCHOR_DIR", str(DATA_DIR / "anchors")))
AUDIT_ANCHOR_TIME = dt.timedelta(minutes=env.float("AUDIT_ANCHOR_MINUTES", 60.0))
AUDIT_ANCHOR_SYSLOG = env.str("AUDIT_ANCHOR_SYSLOG", "")  # host:port by UDP, or the path of a socket
AUDIT_ANCHOR_MAIL = env.str("AUDIT_ANCHOR_MAIL", "")
AUDIT_KEY_FILE = Path(env.str("AUDIT_KEY_FILE", str(DATA_DIR / "audit-key.pem")))

# --- Jobs: what is done beside the pages (docs/jobs.md)
JOBS_BACKEND = env.str("JOBS_BACKEND", "database", validate=env_validate.OneOf(("database", "rq")))
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_BACKEND = env.str("CACHE_BACKEND", "database", validate=env_validate.OneOf(("database", "redis")))
JOBS_WORKER = env.bool("JOBS_WORKER", True)  # whether a process that serves works on jobs, too
JOBS_LEASE = dt.timedelta(seconds=env.float("JOBS_LEASE_SECONDS", 60.0))
EXPORTS_DIR = Path(env.str("EXPORTS_DIR", str(DATA_DIR / "exports")))
EXPORTS_KEPT = dt.timedelta(days=env.float("EXPORTS_KEPT_DAYS", 7.0))

# --- The index of orders
INDEX_KEY_FILE = Path(env.str("INDEX_KEY_FILE", str(DATA_DIR / "index-key")))  # of its hashes of personal data
INDEX_FEEDING = env.bool("INDEX_FEEDING", True)  # whether what people read goes into it
INDEX_WORKER = env.bool("INDEX_WORKER", True)  # whether a process that serves looks through the channels
INDEX_CALLS_A_MINUTE = env.int("INDEX_CALLS_A_MINUTE", 30)  # the most that looking through a channel costs
INDEX_PUSH_SECRET = env.str(
    "INDEX_PUSH_SECRET", ""
)  # of the addresses that Norce tells of changes at (docs/index-feeding.md)
INDEX_KEEP_DAYS = env.int("INDEX_KEEP_DAYS", 400)  # after an order was created
INDEX_THRESHOLDS: list[str] = env.list("INDEX_THRESHOLDS", [])  # paying=90m, norce/no:waiting=48h (index/checks.py)

# --- Who may
SESSION_TIME = dt.timedelta(hours=env.float("SESSION_HOURS", 12.0))  # since signing in, whatever is done meanwhile
SESSION_IDLE_TIME = dt.timedelta(hours=env.float("SESSION_IDLE_HOURS", 4.0))  # since the last page
BREACHED_PASSWORDS_FILE = env.str("BREACHED_PASSWORDS_FILE", "")  # sorted SHA-1, a line each; no password of theirs
PRESENCE = env.bool("PRESENCE", True)  # whether people see who else has an order open
SECOND_FACTOR: list[str] = env.list("SECOND_FACTOR", [])  # offered,money=required (accounts/second_factor/policy.py)
RIGHTS_BY_TWO = env.bool("RIGHTS_BY_TWO", False)  # limits, and whoever moves money or decides who may

# --- Mail, for what settings send there
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "order-desk@localhost")
EMAIL_TIMEOUT = 10  # seconds a step
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")

# --- The sandbox
SANDBOX = not ORDER_API_URL
SANDBOX_TOKEN = env.str("SANDBOX_TOKEN", DEMO_TOKEN)
SANDBOX_ORDERS = env.int("SANDBOX_ORDERS", 2000)
SANDBOX_CALLBACK_HOSTS: list[str] = env.list("SANDBOX_CALLBACK_HOSTS", [])
SANDBOX_PUSH = env.bool("SANDBOX_PUSH", True)  # whether it tells the desk of changes, as a static notification does
SANDBOX_STATIC_NOTIFICATIONS = "index.push.static_notifications" if SANDBOX_PUSH else ""  # of merchant and channel
SANDBOX_URLCONF = "sandbox.urls"
SANDBOX_PREFIX = "/checkout/"

_OWN = f"sqlite:///{DATA_DIR / 'orderdesk.sqlite3'}"
DATABASES = {"default": env.dj_db_url("DATABASE_URL", _OWN, conn_max_age=600, conn_health_checks=True)}
# Counts tries to sign in, so it has to be one for all processes; its table is made by a migration of accounts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "orderdesk_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
    if CACHE_BACKEND == "database"
    else {
        "BACKEND": "dashboard.redis_cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "orderdesk",
    },
    # Orders as they were written, for whoever opens the same one again; some 20 KB each.
    "order_pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "order_pages",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=env_validate.OneOf(("line", "json")))
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")  # who is told of traces, as OpenTelemetry's packages want it
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # what Prometheus has to say at /metrics; without one there is none
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
WORDS_DIR = env.str("WORDS_DIR", "")  # sv.po, en.po …: the words that a merchant wants otherwise (docs/languages.md)
TIME_ZONE = env.str("TIME_ZONE", "Europe/Stockholm")

for part in ("dashboard.env", "dashboard.sign_in"):  # Django imports settings once more that it could not use, and
    del sys.modules[part]  # then all of them are read anew
env.seal()
with suppress(OSError):  # `serve` says in a sentence what stands in the way; every other command needs it as well
    DATA_DIR.mkdir(parents=True, exist_ok=True)

try:
    IMAGE_HOSTS = [https_host(text) for text in IMAGE_HOSTS if text.strip()]
except ValueError as error:
    raise ImproperlyConfigured(f"IMAGE_HOSTS: {error}") from None

# What is known to everybody (key, token, accounts) is for a sandbox that can be reached from this machine alone: not by
# listening elsewhere, and not through a proxy, which one of the others gives away. `dashboard.loopback` looks at each
# request besides.
NO_DEMO = [
    reason
    for reason, holds in {
        "ORDER_API_URL names an API": not SANDBOX,
        f"HOST={HOST} is not this machine alone": not is_loopback(HOST),
        "HTTPS is on": HTTPS,
        "ALLOWED_HOSTS names others than this machine": not all(map(is_loopback, ALLOWED_HOSTS)),
        "CSRF_TRUSTED_ORIGINS names others than this machine": not all(
            is_loopback(urlsplit(origin).hostname or "") for origin in CSRF_TRUSTED_ORIGINS
        ),
        "TRUSTED_PROXY_COUNT tells of a proxy": bool(TRUSTED_PROXY_COUNT),
    }.items()
    if holds
]
DEMO = not NO_DEMO
_WHY = f"is for the sandbox on this machine only, and {', '.join(NO_DEMO)}."
if DEBUG and not DEMO:
    raise ImproperlyConfigured(f"Unset DEBUG: what its pages show {_WHY}")
if not DEMO and SECRET_KEY == DEMO_SECRET_KEY:
    raise ImproperlyConfigured(f"Set SECRET_KEY: the demo key {_WHY}")
if not DEMO and not is_hard_to_guess(SECRET_KEY, 32):
    raise ImproperlyConfigured("Set another SECRET_KEY: this one can be guessed. README.md says how to make one.")
if SANDBOX and not DEMO and SANDBOX_TOKEN == DEMO_TOKEN:
    raise ImproperlyConfigured(f"Set SANDBOX_TOKEN: the demo token {_WHY}")
if SANDBOX and not DEMO and not is_hard_to_guess(SANDBOX_TOKEN, 16):
    raise ImproperlyConfigured("Set another SANDBOX_TOKEN: this one can be guessed. Take 16 characters or more.")
if METRICS_TOKEN and not is_hard_to_guess(METRICS_TOKEN, 16):
    raise ImproperlyConfigured("Set another METRICS_TOKEN: this one can be guessed. Take 16 characters or more.")
if ORDER_API_URL and ENVIRONMENT == "sandbox":
    raise ImproperlyConfigured(
        "Unset ENVIRONMENT, or name another one: ORDER_API_URL names an API, and pages would say that no money moves."
    )
if ORDER_API_URL.startswith("http://") and not is_loopback(urlsplit(ORDER_API_URL).hostname or ""):
    raise ImproperlyConfigured("ORDER_API_URL has to begin with https://: the token would be sent in clear.")
if ORDER_API_URL and not ORDER_API_TOKEN:
    raise ImproperlyConfigured(
        "Set ORDER_API_TOKEN: ORDER_API_URL is set, and the Order API answers nobody without a token."
    )
if ORDER_API_URL and not ORDER_API_CHANNELS:
    raise ImproperlyConfigured(
        "Set ORDER_API_CHANNELS, as in norce/se,norce/no, or norce/* for all that Norce's configuration service lists: "
        "the Order API cannot list them."
    )
if SANDBOX:
    ORDER_API_TOKEN = SANDBOX_TOKEN
    ORDER_API_CHANNELS = ORDER_API_CHANNELS or [
        "norce/se", "norce/no", "norce/dk", "nordlys/de", "nordlys/fi", "nordlys/nl",
    ]  # fmt: skip

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; PRAGMA "
        "cache_size=-8000",
    }

INSTALLED_APPS = [
    "dashboard",
    "operations",
    "overview",
    "orders",
    "payments",
    "teamwork",
    "jobs",
    "index",
    "gateway",
    "accounts",
    "audit",
    "ui",
    *(["sandbox"] if SANDBOX else []),  # behind the real API there is neither its code nor its tables
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "dashboard.apps.StaticFiles",
    "django.contrib.humanize",
    "django.forms",
    "django_tasks",
    *(["django_tasks_db"] if JOBS_BACKEND == "database" else ["django_rq"]),
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]

MIDDLEWARE = stack.middleware(sandbox=SANDBOX)

# --- The queue of jobs: Django's Tasks
_TASKS = "django_tasks_db.DatabaseBackend" if JOBS_BACKEND == "database" else "django_tasks_rq.RQBackend"
TASKS = {"default": {"BACKEND": _TASKS, "QUEUES": ["default"]}}
RQ_QUEUES = {"default": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 600, "DEFAULT_RESULT_TTL": 3600}}

ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"

TEMPLATES = stack.templates(BASE_DIR / "templates")
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dashboard.storage.StaticStorage"},
}

# --- People
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.single_sign_on.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.PasswordChangeForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up, and an admin who enters an address vouches for it
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True  # until SESSION_COOKIE_AGE is over, also if the browser is closed meanwhile
ACCOUNT_RATE_LIMITS = {
    "login": None,  # a person who signs in is none too many
    "login_failed": None,  # counts before it is known; what failed is counted in accounts/sign_in_limits.py
    "failed_here": "5/5m/key",  # for an account at an address
    "failed_anywhere": "20/15m/key",  # for an account, by whoever has not signed in from there before
    "failed_address": "30/5m/key",  # at an address, over all accounts, as the last
    "factor_here": "5/5m/key",  # codes and passkeys that were wrong, for an account at an address
    "factor_anywhere": "20/h/key",  # for an account: who comes so far has its password
    "passkey": "300/m/key",  # sign-ins by passkey alone at an address: nothing can be guessed there
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# The second factor (accounts/second_factor)
MFA_ADAPTER = "accounts.second_factor.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # codes of 30 seconds before and after count: clocks differ, and people type
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
CSRF_FAILURE_VIEW = "ui.handlers.csrf_failure"
# Length, what is common or known, and no composition: NIST SP 800-63B.
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
    {"NAME": "accounts.passwords.BreachedValidator"},
]

# --- How large a form may be: as the largest that is shown, a copy of an order with so many lines, six fields each
LARGEST_CART = 5_000  # lines; a form of more is none for people, and says so
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6 * LARGEST_CART + 1_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 24_000_000  # bytes: so many lines with 4 kB each, twice, as browsers write them

# --- Language, time, money
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [DATA_DIR / "locale"]  # compiled, with the words of WORDS_DIR
LANGUAGES = languages.prepare(BASE_DIR / "locale", LOCALE_PATHS[0], WORDS_DIR)

# --- What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *(f"https://{host}" for host in IMAGE_HOSTS)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
_HERE_ALONE = "__Host-" if HTTPS else ""  # for browsers: set by this very host over TLS, and by no other of the domain
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HERE_ALONE}sessionid", f"{_HERE_ALONE}csrftoken"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # other hosts of the domain are not ours to speak for
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = round(SESSION_IDLE_TIME.total_seconds())
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = logging_at(LOG_LEVEL, LOG_FORMAT)
