"""acronym_asked: the acronym of values that a whole question is about: "SIAP itu apa", "kepanjangan berakhlak"."""

import re
from functools import cache

from content.normalising import content_words, stem
from content.regulation_loader import load_regulations

# What may stand beside it; with any other word the question is about something else ("logo berakhlak").
_ASKING = frozenset(
    map(
        stem,
        (
            *("apa", "apaan", "apakah", "apasih", "tuh", "artinya", "maksud", "maksudnya", "mksdnya", "makna"),
            *("kepanjangan", "singkatan", "akronim", "huruf", "isi", "pengertian", "definisi", "jelaskan", "sebutkan"),
            *("nilai", "core", "values", "value", "budaya", "kerja", "budayakerja", "asn", "istilah", "kata"),
        ),
    )
)
_SPELT = re.compile(r"\b(?:[a-z][\s.\-]{1,3}){2,}[a-z]\b", re.IGNORECASE)  # "S.I.A.P", "s i a p"


@cache
def _acronyms() -> dict[str, str]:
    """As typed -> as its regulation writes it; the first of several."""
    written = [pack.acronym for pack in load_regulations().values() if pack.acronym]
    return {acronym.casefold(): acronym for acronym in reversed(written)}


def acronym_asked(question: str) -> str | None:
    """The acronym, as a regulation writes it, where the question names one, alone or asking what it stands for."""
    said = set(content_words(_SPELT.sub(lambda letters: re.sub(r"\W", "", letters[0]), question)))
    named = said & _acronyms().keys()
    about_it = len(named) == 1 and _ASKING.issuperset(map(stem, said - named))
    return _acronyms()[named.pop()] if about_it else None
