from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"


class StaticFiles(StaticFilesConfig):
    """Collects what a page asks for: of django-htmx, htmx 2 alone, and nothing of allauth, whose pages are ours."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "account", "ext", "htmx-2.js", "htmx-4*", "htmax-*"]
