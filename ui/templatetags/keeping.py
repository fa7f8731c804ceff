"""{% keep %}: a part of a page that is written once for what it depends on."""

from functools import lru_cache

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

register = template.Library()
MOST_PARTS = 500
"""That a process keeps, of some KB each; those that nobody asked for longest go first."""


@register.tag
def keep(parser: Parser, token: Token) -> Node:
    """`{% keep key name other … %}` … `{% endkeep %}`: the part of that name, kept in this process for each set of
    values of the key and the others. Where the key is empty, which says that something is in the part that is nobody
    else's, it is written anew and not kept.

    A form's token never stands inside: it would be somebody else's.
    """
    nodes = parser.parse(("endkeep",))
    parser.delete_first_token()
    _tag, key, name, *others = token.split_contents()
    return KeepNode(nodes, name, [parser.compile_filter(each) for each in (key, *others)])


class KeepNode(Node):
    """As Django's own `cache`, at a third of its cost: it neither hashes what it looks for nor packs what it keeps."""

    def __init__(self, nodelist: NodeList, name: str, depends_on: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.name = name
        self.depends_on = depends_on

    def render(self, context: Context) -> SafeString:
        values = [each.resolve(context, ignore_failures=True) for each in self.depends_on]
        if not values[0]:
            return self.nodelist.render(context)
        place = _place(self.name, *map(str, values))
        if not place:
            place.append(self.nodelist.render(context))
        return place[0]


@lru_cache(maxsize=MOST_PARTS)
def _place(*key: str) -> list[SafeString]:
    """Where a part is kept: empty until it is written."""
    return []
