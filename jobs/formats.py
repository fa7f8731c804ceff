"""The forms that a file can have, by the names that forms and jobs use."""

from jobs.tables import Csv, Format
from jobs.workbooks import Xlsx
from ui.sheets import COMMA, SEMICOLON

FORMATS: dict[str, Format] = {"csv-comma": Csv(COMMA), "csv-semicolon": Csv(SEMICOLON), "xlsx": Xlsx()}
DECIMALS = {"csv-comma": ".", "csv-semicolon": ",", "xlsx": "."}
