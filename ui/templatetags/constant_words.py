"""`{% translate %}`, as Django's, but words that stand in the template are looked up once for each language.

A page has up to a hundred of them, and Django resolves each like a variable every time it writes the page.
"""

from django import template
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = template.Library()


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    node: TranslateNode = do_translate(parser, token)
    is_constant = token.split_contents()[1][0] in "\"'" and not node.filter_expression.filters
    context = node.message_context
    if is_constant and not node.noop and (context is None or _is_constant(context)):
        return ConstantTranslateNode(node)
    return node


def _is_constant(expression: FilterExpression) -> bool:
    return isinstance(expression.var, str) and not expression.filters


class ConstantTranslateNode(Node):
    """A translation that depends on the language alone."""

    def __init__(self, node: TranslateNode) -> None:
        self.asvar, node.asvar = node.asvar, None
        self.node = node
        self.words: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        if language not in self.words:
            self.words[language] = self.node.render(context)
        if not self.asvar:
            return self.words[language]
        context[self.asvar] = self.words[language]
        return ""
