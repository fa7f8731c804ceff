"""Tables as spreadsheets take them: what parts columns where, and cells that no spreadsheet runs."""

COMMA, SEMICOLON = ",", ";"
BYTE_ORDER_MARK = "\ufeff"
"""Before the first line of a CSV file: without it, Excel reads UTF-8 as something else."""
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), also in full width.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


class Line:
    """What `csv.writer` writes to: hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def separator_of(decimal: str) -> str:
    """What spreadsheets part columns by where that sign stands before decimals: a semicolon where it is a comma."""
    return SEMICOLON if decimal == "," else COMMA


def cell(value: object) -> str:
    """A cell that no spreadsheet will run: what begins like a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULA else text
