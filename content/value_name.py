"""beside_value_name: what a question says beside the name of a value, which may mean something else altogether."""

from functools import cache

from content.courtesy import asking_words
from content.normalising import is_function_word, words
from content.regulation_loader import load_regulations

_SHORTEST = 3  # letters of a word that tells what a question is about


def beside_value_name(question: str) -> str | None:
    """The question without the one value that it names, in standard spelling; None where little is left, or more named.

    "kolaborasi blackpink kapan" -> "blackpink kapan"; "kolaboratif itu apa" and "beda loyal dan adaptif" -> None.
    """
    said = f" {' '.join(words(question))} "
    named = [name for name in value_names() if f" {name} " in said]
    rest = said.replace(f" {named[0]} ", " ") if len(named) == 1 else ""
    return rest.strip() if any(map(_tells, rest.split())) else None


def _tells(word: str) -> bool:
    return word.isalpha() and len(word) >= _SHORTEST and not (word in asking_words() or is_function_word(word))


@cache
def value_names() -> tuple[str, ...]:
    """The names of the values of all regulations, in standard spelling."""
    return tuple({" ".join(words(value.name)) for pack in load_regulations().values() for value in pack.values})
