import datetime as dt


class DayConverter:
    """`2026-11-29` in an address; what is no day of the calendar is no address either."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        return str(value)
