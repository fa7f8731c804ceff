"""What of people and of secrets may be read where: one policy by the names of fields, one set of recognisers, and how
strict it is on a page and in the log.

    mask(document, PAGE)                  what a provider sent, on a page
    mask(document, PAGE_WITH_PEOPLE)      the same where the page shows the customer anyway
    mask(changes, LOG, "billing.email")   what is written down for good: all that a page hides, and more

Pure: imports nothing of the project, and no Django.
"""

from privacy.fields import Kind, kind_of
from privacy.masking import mask, mask_as, mask_text
from privacy.strength import DOTS, LOG, MAX_DEPTH, PAGE, PAGE_WITH_PEOPLE, Masked, Strength

__all__ = [
    "DOTS", "LOG", "MAX_DEPTH", "PAGE", "PAGE_WITH_PEOPLE", "Kind", "Masked", "Strength", "kind_of", "mask", "mask_as",
    "mask_text",
]  # fmt: skip
