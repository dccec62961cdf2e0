"""Message markup -> plain text, for toasts, the command line and the console."""

import html
import re

_TAG = re.compile(r"</?(?:b|i|code|blockquote)>")


def plain(text: str) -> str:
    """The words of a message's text: tags dropped, entities resolved."""
    return html.unescape(_TAG.sub("", text))
