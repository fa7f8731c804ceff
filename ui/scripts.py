"""The scripts of every page, in the order in which they run: they share one scope, and later ones use what the first
declares."""

SCRIPTS = (
    "app.js",
    "js/list.js",
    "js/views.js",
    "js/bulk.js",
    "js/people.js",
    "js/passkeys.js",
    "js/customer.js",
    "js/box.js",
)
