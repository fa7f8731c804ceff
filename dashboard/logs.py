"""What the program logs, and how: to the console, without anything of people."""

from typing import Any


def logging_at(level: str, form: str = "line") -> dict[str, Any]:
    """The setting LOGGING, with everything from that level up, but of libraries only what went wrong; each a `line`, or
    as `json`. Times are in UTC."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "class": "ui.log_lines.MaskedFormatter",
                "format": "{asctime} {levelname} {name} {request_id}: {message}",
                "style": "{",
            },
            "json": {"()": "ui.log_lines.JsonFormatter"},
        },
        "filters": {"outages": {"()": "ui.log_lines.OneLineForAll"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["outages"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "httpx": {"level": "WARNING"},
            "httpx_retries": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
            "rq.worker": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }
