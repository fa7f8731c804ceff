"""What does not fit in a document, in words that people read."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from order_api.unfit import KINDS, NUMBER, WHOLE, WITH_DECIMALS, Misfit

_WORDS: Mapping[str, Promise] = {
    KINDS["str"]: gettext_lazy("text"),
    WHOLE: gettext_lazy("a whole number"),
    NUMBER: gettext_lazy("a number"),
    WITH_DECIMALS: gettext_lazy("a number with decimals"),
    KINDS["bool"]: gettext_lazy("true or false"),
    KINDS["array"]: gettext_lazy("a list"),
    KINDS["object"]: gettext_lazy("an object"),
    KINDS["null"]: gettext_lazy("nothing"),
    KINDS["datetime"]: gettext_lazy("a time"),
}


def in_words(misfit: Misfit) -> str:
    """Where the document does not fit, and what stands there; never the value, which may be somebody's."""
    place = misfit.place or _("The document")
    if not misfit.expected:
        return _("%(place)s: a value that cannot be read") % {"place": place}
    words = {"place": place, "found": _word(misfit.found), "expected": _word(misfit.expected)}
    return _("%(place)s: %(found)s instead of %(expected)s") % words


def _word(kind: str) -> str:
    return str(_WORDS.get(kind, kind))
