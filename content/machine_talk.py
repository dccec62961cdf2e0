"""is_machine_talk: code, markup, or a line put into the mouth of the system, where people would ask a question."""

import re

_CODE = re.compile(
    r"""
      \w\(\s*["'{\[]                # a call with text: print("x")
    | \w\([\w\s,.]*\)\s*[:;{=]      # a definition or statement: f(x): ...
    | [{}]                          # a block or a template
    | <[a-z][^<>]*>\s*\w           # a tag with text
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADER = re.compile(
    r"^[\W_]*(?:sistem|system|asisten|assistant|developer|instruksi|instructions?|prompt)\b[^\w:]*:", re.IGNORECASE
)


def is_machine_talk(text: str) -> bool:
    """Whether the text speaks to a program rather than asks; no regulation has an answer to that."""
    return bool(_CODE.search(text) or _HEADER.search(text))
