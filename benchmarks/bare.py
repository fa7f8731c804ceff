"""A bare Django page: session, user, one query of 50 rows, a template of 50 rows and 9 columns. The
floor under the desk's pages.

Run as a program it makes its database; gunicorn serves `application`. FLOOR_URL is the database's
address, as DATABASE_URL.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import dj_database_url
import django
from django.conf import settings

ROWS, SHOWN = 2000, 50
PAGE = """<!doctype html><title>Orders</title><table>{% for row in rows %}
<tr><td><a href="/o/{{ row.0 }}/">{{ row.1 }}</a>{% for cell in row|slice:"2:" %}<td>{{ cell }}{% endfor %}</tr>
{% endfor %}</table>"""
COLUMNS = ("ref", "created", "name", "mail", "country", "state", "paid", "total")

settings.configure(
    SECRET_KEY="of a page that holds nothing",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": dj_database_url.parse(os.environ["FLOOR_URL"], conn_max_age=600)},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
                    )
                ]
            },
        }
    ],
)
django.setup()

from django.contrib.auth import login  # noqa: E402 - needs the settings above
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {', '.join(COLUMNS)} FROM floor ORDER BY created DESC LIMIT {SHOWN}")
        return render(request, "page.html", {"rows": cursor.fetchall()})


def enter(request: HttpRequest) -> HttpResponse:
    login(request, User.objects.get(username="floor"))
    return HttpResponse()


urlpatterns = [path("", page), path("in/", enter)]
django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's, which says in a header how much CPU the process has used so far."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        timing = f"cpu;dur={time.process_time() * 1000:.3f}"
        return start_response(status, [*headers, ("Server-Timing", timing)], exc_info)

    return django_application(environ, start)


def prepare() -> None:
    """Makes the tables, one person and the rows."""
    call_command("migrate", verbosity=0)
    User.objects.create_user("floor")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode=WAL")
        texts = ", ".join(f"{name} varchar(60)" for name in COLUMNS)
        cursor.execute(f"CREATE TABLE floor (id integer PRIMARY KEY, {texts})")
        marks = ", ".join(["%s"] * (1 + len(COLUMNS)))
        cursor.executemany(f"INSERT INTO floor VALUES ({marks})", [row(number) for number in range(ROWS)])
        cursor.execute("CREATE INDEX floor_created ON floor (created)")


def row(number: int) -> tuple[int | str, ...]:
    words = ("SE", "completed", "captured", f"{number}.00 SEK")
    return (
        number,
        f"ORD-{number}",
        f"2026-01-01 {number:06d}",
        f"Name {number}",
        f"customer{number}@example.com",
        *words,
    )


if __name__ == "__main__":
    prepare()
