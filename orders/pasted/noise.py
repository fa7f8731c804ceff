"""What stands in mails and sheets beside what they name, and looks like it: dates, amounts, postcodes, parcels, phones.

Patterns alone, each linear in its text, and what they are told as.
"""

import re
from enum import StrEnum


class Passed(StrEnum):
    """As what something that looks like a number of an order was passed over."""

    DATE = "date"
    TIME = "time"
    AMOUNT = "amount"
    POSTCODE = "postcode"
    PARCEL = "parcel"
    OTHER_NUMBER = "other number"
    ARTICLE = "article"
    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    ROUNDED = "rounded"
    SHORT = "short"
    LINE = "line"


_MONTHS = (
    "jan|feb|mar|mars|apr|april|maj|mai|may|jun|juni|june|jul|juli|july|aug|augusti|august|sep|sept|september|okt|oct|"
    "oktober|october|nov|november|dec|dez|des|december|dezember|desember|januari|januar|january|februari|februar|"
    "february|märz|march|marts|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu"
)
_MONEY = r"(?:kr|:-|sek|nok|dkk|eur|usd|gbp|€|\$|£)"
_FIGURE = r"\d{1,3}(?:[ .,']\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?"

URL = re.compile(r"(?<![A-Za-z0-9])(?:https?://|www\.)[^\s<>\"|\\^`{}]{1,2000}", re.IGNORECASE)
PATH = re.compile(r"(?<![\w/.])/(?:[\w.-]{1,63}/[\w.-]{1,63}/)?orders/[\w-]{1,100}/?(?:[a-z/?#][^\s<>\"|]{0,200})?")
EMAIL = re.compile(
    r"(?<![^\s,;:<>()\[\]\"'|/=])[^\s@,;:<>()\[\]\"'|/=]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@-])"
)
UUID = re.compile(r"(?<![\w-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])")

VAT = re.compile(r"(?<![A-Za-z0-9])SE ?\d{10}01(?!\d)", re.IGNORECASE)
PARCEL_LABELLED = re.compile(
    r"(?<![^\W_])(?:kolli|sändnings|försändelse|spårnings?|paket|shipment|tracking|parcel|waybill|awb|fraktsedels?|"
    r"sendungs|paketti|lähetys|seuranta|pakke|sporings?|forsendelses?|postnord|dhl|ups|fedex|gls|bring|budbee|instabox|"
    r"airmee|best)[ .-]?(?:nummer|number|numero|nr|no|id|tunnus|code|kod|#)?\.?[ :#]{1,4}"
    r"([A-Z0-9][A-Z0-9 -]{6,38}[A-Z0-9])(?![A-Za-z0-9])",
    re.IGNORECASE,
)
OTHER_LABELLED = re.compile(
    r"(?<![^\W_])(?:kund|kunde|customer|asiakas|faktura|invoice|rechnungs?|lasku|ocr|org|organisations|artikel|article|"
    r"art|sku|ean|gtin|serie|serial|medlems|member|konto|account|bankgiro|bg|plusgiro|pg|bic|swift|ärende|case|ticket|"
    r"supportärende|sak|sags|vat|moms|cvr|y-tunnus|version|build|polis|försäkrings)[ .-]?"
    r"(?:nummer|number|numero|nr|no|id|#)?\.?[ :#]{1,4}([A-Z]{0,3}[ -]?\d[\w /-]{2,24}\w)",
    re.IGNORECASE,
)
OF_A_PROVIDER = re.compile(
    r"(?<![^\W_])(?:psp|transaktions?|transaction|betalnings?|payment|klarna|adyen|swish|stripe|qliro|walley|svea)"
    r"[ .-]?(?:referens|reference|referanse|ref|nummer|number|id|nr|no)\.?[ :#]{1,4}(?!p_)([\w-]{6,60})",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"(?<![^\W_])(?:order|ordre|beställnings?|bestillings?|bestell|bestellungs?|tilaus|tilausnumero|köp|kjøp|purchase|"
    r"referens|reference|referanse|referenz|viite|ref|po)[ .-]?"
    r"(?P<says>nummer|numret|number|numero|nro|no|nr|num|id|ref|reference|referens|#)?s?\.?(?P<mark>[ :=#]{1,5})"
    r"(?P<is>är|is|er|ist|on)?[ :#]{0,3}(?P<token>[A-Za-z0-9][A-Za-z0-9_/-]{2,60})",
    re.IGNORECASE,
)

DATES = re.compile(
    r"(?<![\w-])(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:T[\d:.]{4,15}(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:19|20)?\d\d"
    r"|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)?\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01])[./]? ?(?:den )?(?:" + _MONTHS + r")[a-z]{0,3}\.?(?:,? (?:19|20)\d\d)?"
    r"|(?:" + _MONTHS + r")\.? (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,? (?:19|20)\d\d)?)(?![\w])",
    re.IGNORECASE,
)
TIMES = re.compile(r"(?<![\w:.])\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d{1,6})?)?(?: ?[AaPp][Mm])?(?![\w:])(?!\.\d)")
DAY_IN_FIGURES = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
AMOUNTS = re.compile(
    rf"(?<![\w.,])(?:{_MONEY} ?-?(?:{_FIGURE})(?![\w])|(?:{_FIGURE})(?: ?{_MONEY}(?![A-Za-z])|,-)"
    r"|\d{1,3}(?:[ .,']\d{3}){0,4}[.,]\d\d(?![\w.,]))",
    re.IGNORECASE,
)
SUMS = re.compile(
    r"(?<![^\W_])(?:belopp|summa|totalt?|att\sbetala|pris|price|amount|sum|betrag|beløb|beløp|hinta|yhteensä|antal|qty|"
    r"quantity|moms|vat|mva)[ .]?(?:inkl|exkl|incl|excl|ink|ex)?\.?[ :=]{1,4}(-?\d[\d .,]{0,18})(?![\w])",
    re.IGNORECASE,
)
POSTCODES = re.compile(
    r"(?<![\w-])(?:(?:SE|S|SW)-?)?\d{3} \d{2}(?= {1,3}[^\W\d_]{2})"
    r"|(?<![\w-])(?:NO|N|DK|FI|FIN|DE|D|NL|AT|CH|SE|S)-?\d{4,5}(?= {1,3}[A-ZÅÄÖÆØ][^\W\d_])"
    r"|(?<=, )\d{4,5}(?= {1,3}[A-ZÅÄÖÆØ][^\W\d_])"
)
PARCELS = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{9}[A-Z]{2}|1Z[0-9A-Z]{16}|(?:JJD|JVGL|JD)\d{12,22}|\d{17,30})(?![A-Za-z0-9])"
)
PHONES = re.compile(r"(?<![\w+./-])(?:\+|\((?=0)|0)\d?[\d ()/.-]{5,24}\d(?![\w])")
MOBILE_IN_ONE = re.compile(r"(?<![\w+])07[02369]\d{7}(?!\w)")
PEOPLE = re.compile(
    r"(?<![^\W_])(?:person(?:al)?[ -]?(?:nummer|number|nr|no)?|pnr|cpr|fødselsnummer|fnr|hetu|henkilötunnus|ssn|"
    r"samordningsnummer|national\sid)[ .-]?(?:nummer|number|nr|no)?\.?[ :=]{1,4}(?:(?:är|is|er|on)\s)?"
    r"\d[\d +-]{5,12}[\dA-Z](?!\w)",
    re.IGNORECASE,
)
BLOB = re.compile(r"[A-Za-z0-9+/=_-]{61,}")
"""Base64 and the like, as pictures in mails are."""
GLUED = re.compile(
    r"(?:order|ordre|beställning|bestilling|bestellung|tilaus)s?(?:nummer|number|nr|no|id)?[-_#]?(?=\d{4,20}$)",
    re.IGNORECASE,
)
CARDS = re.compile(r"(?<![\w-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}[ -]\d{6}[ -]\d{5}|\d{13,19})(?![\w-])")
ADDRESS_OF_A_MACHINE = re.compile(r"(?<![\w.])[1-9]\d{0,2}(?:\.\d{1,3}){3}(?![\w])")

HEADER = re.compile(
    r"(?:message-id|in-reply-to|references|received|return-path|dkim-signature|authentication-results|list-[a-z]{2,20}|"
    r"x-[a-z-]{2,40}|content-[a-z-]{2,30}|mime-version|thread-[a-z]{2,10}|arc-[a-z-]{2,40})\s?:",
    re.IGNORECASE,
)
"""How lines of a mail begin that programs wrote for programs."""
QUOTE = re.compile(r"(?:\s{0,20}[>|]){1,20}\s{0,20}")
BULLET = re.compile(r"\A\s{0,20}(?:[-*•–·▪◦‣○●☐☑]|\[[ xX]?\]|\d{1,3}[.)]) {1,4}(?=\S)")
ROUNDED = re.compile(r"\d(?:[.,]\d{1,10})?E\+\d{1,3}", re.IGNORECASE)
IN_GROUPS = re.compile(r"\d{1,3}(?:[ .,'’]\d{3}){1,4}")
WITH_NOTHING_BEHIND = re.compile(r"(\d{4,16})[.,]0{1,2}")
TOKEN = re.compile(r"(?<![A-Za-z0-9])#?[A-Za-z0-9](?:[A-Za-z0-9_/-]{1,58}[A-Za-z0-9])(?![A-Za-z0-9@])")
