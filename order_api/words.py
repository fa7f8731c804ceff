"""What the client says in words of its own. It says them in English; whoever shows them in another language finds here
what each was made of (`ui.said`)."""

SENTENCES: list[str] = []
"""All of them, with their placeholders, as in `The Order API did not answer: %(why)s.`"""


def sentence(template: str) -> str:
    """The same text, known as one that people read. Its placeholders have names."""
    SENTENCES.append(template)
    return template
