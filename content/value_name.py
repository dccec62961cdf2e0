"""What a question says beside the name of a value, or the words of its behaviours, which may mean something else."""

from functools import cache, lru_cache

from content.courtesy import asking_words
from content.normalising import is_function_word, stem, words
from content.regulation import Regulation
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


def beside_value_words(regulation: Regulation, question: str) -> str | None:
    """The question without the words of the regulation's values; None where it has none, or little is left.

    "kompeten servis ac panggilan" -> "servis ac panggilan"; "menghargai" -> None.
    """
    said = words(question)
    rest = [word for word in said if stem(word) not in _value_words(regulation)]
    return " ".join(rest) if len(rest) < len(said) and any(map(_tells, rest)) else None


def _tells(word: str) -> bool:
    return word.isalpha() and len(word) >= _SHORTEST and not (word in asking_words() or is_function_word(word))


@cache
def value_names() -> tuple[str, ...]:
    """The names of the values of all regulations, in standard spelling."""
    return tuple({" ".join(words(value.name)) for pack in load_regulations().values() for value in pack.values})


@lru_cache(maxsize=16)
def _value_words(regulation: Regulation) -> frozenset[str]:
    """The stems of what names and describes the values, function words left out."""
    texts = (text for value in regulation.values for text in (value.name, *(item.text for item in value.behaviours)))
    return frozenset(stem(word) for text in texts for word in words(text) if not is_function_word(word))
