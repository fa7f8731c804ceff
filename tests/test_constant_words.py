"""Words that stand in a template are looked up once for each language, and are what Django's own tag says."""

import pytest
from django.template import Context, Engine
from django.utils import translation

CASES = (
    "{% translate 'Orders' %}",
    '{% translate "Order desk" as words %}[{{ words }}]',
    "{% translate 'until' context 'a time' %}",
    "{% translate '100 %% <b>' %}",
    "{% translate 'Orders'|upper %}",
    "{% translate word %}",
    "{% translate 'Orders' noop %}",
    "{% translate 'until' context word %}",
    "{% autoescape off %}{% translate 'a & b' %}{% endautoescape %}",
)


@pytest.mark.parametrize("text", CASES)
def test_the_tag_says_what_djangos_own_says_in_each_language_again_and_again(text: str) -> None:
    ours = Engine(builtins=["django.templatetags.i18n", "ui.templatetags.constant_words"]).from_string(text)
    djangos = Engine(builtins=["django.templatetags.i18n"]).from_string(text)
    for language, word in (("en", "Yes"), ("sv", "No"), ("en", "No"), ("sv", "Yes")):
        with translation.override(language):
            assert ours.render(Context({"word": word})) == djangos.render(Context({"word": word}))


def test_another_language_is_another_word() -> None:
    template = Engine(builtins=["ui.templatetags.constant_words"]).from_string("{% translate 'Yes' %}")
    said = []
    for language in ("en", "sv", "en"):
        with translation.override(language):
            said.append(template.render(Context()))
    assert said == ["Yes", "Ja", "Yes"]
