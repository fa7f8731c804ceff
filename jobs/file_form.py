"""What every form of an export asks: the form of the file, and the zone of its times."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.formats import FORMATS
from ui.regions import get_region, separators
from ui.sheets import SEMICOLON, separator_of

_WORDS = {
    "csv-semicolon": _("CSV, columns parted by semicolons, decimals by a comma"),
    "csv-comma": _("CSV, columns parted by commas, decimals by a point"),
    "xlsx": _("Excel (XLSX)"),
}
CHOICES = [(name, _WORDS[name]) for name in FORMATS]


def format_of(language: str | None) -> str:
    """The form of CSV that spreadsheets of the reader's region open."""
    return "csv-semicolon" if separator_of(separators(language, get_region())[1]) == SEMICOLON else "csv-comma"


def zones() -> list[str]:
    """The reader's zone, the server's and UTC, each once."""
    return list(dict.fromkeys([timezone.get_current_timezone_name(), settings.TIME_ZONE, "UTC"]))
