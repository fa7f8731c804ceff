"""What a request goes through, and what a template has at hand."""

from pathlib import Path
from typing import Any


def middleware(*, sandbox: bool) -> list[str]:
    """The setting MIDDLEWARE, from the outside in."""
    return [
        "dashboard.headers.Headers",
        "operations.probes.Probes",
        "operations.requests.Requests",
        *(["sandbox.middleware.RefuseStrangeHosts"] if sandbox else []),
        "dashboard.loopback.DemoStaysHere",
        "dashboard.headers.ProgramsSpeakTls",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "dashboard.packing.Packing",
        "csp.middleware.CSPMiddleware",  # around whatever asks the database: the page that says it is away has a style
        "accounts.middleware.Sessions",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "accounts.middleware.LoginRequired",
        "accounts.middleware.PersonMiddleware",
        "accounts.second_factor.gate.SecondFactorFirst",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "accounts.middleware.ChannelMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "gateway.middleware.OrderApiMiddleware",
        "audit.middleware.RecordDenials",
    ]


def templates(folder: Path) -> list[dict[str, Any]]:
    """The setting TEMPLATES."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [folder],
            "APP_DIRS": True,
            "OPTIONS": {
                "builtins": [
                    "template_partials.templatetags.partials",
                    "django.templatetags.i18n",
                    "ui.templatetags.constant_words",
                    "audit.templatetags.names",
                    "django.templatetags.static",
                ],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "gateway.environment.shell",
                    "accounts.context.person",
                    "teamwork.context.frame",
                    "payments.context.frame",
                    "payments.alerts.context.frame",
                ],
            },
        }
    ]
