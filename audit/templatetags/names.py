"""People by their names: {{ account|person }}, {{ name|initials }}."""

from django import template

from audit.names import initials, person_name

register = template.Library()
register.filter("person", person_name)
register.filter("initials", initials)
