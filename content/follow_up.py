"""A question that leans on the last answer, understood with it: "contohnya?", "yang nomor 2 apa?", "di rapat?"."""

from msgspec import Struct

from content.normalising import words
from content.regulation import Regulation
from content.topics import topic_of, topics_of

_LONGEST = 6  # words; a longer question stands by itself
_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan", "kesembilan")
NUMBERS = {word: n for n, word in enumerate(_ORDINALS, start=1)} | {str(n): n for n in range(1, 20)}
_MORE = frozenset(
    ("contoh", "contohnya", "misalnya", "misal", "detailnya", "rinciannya", "lanjutannya", "selengkapnya")
)
_LEANING = frozenset(("kalau", "lalu", "terus", "nah", "bagaimana", "siapa", "kapan", "dimana", "mana", "itu", "tadi"))
_WITHOUT_WEIGHT = frozenset(
    (
        *(
            "apa",
            "saja",
            "yang",
            "itu",
            "tadi",
            "nya",
            "nomor",
            "no",
            "poin",
            "butir",
            "angka",
            "ke",
            "di",
            "dari",
            "untuk",
        ),
        *(
            "dong",
            "ya",
            "sih",
            "min",
            "kak",
            "pak",
            "bu",
            "kasih",
            "beri",
            "minta",
            "ada",
            "lagi",
            "lain",
            "bisa",
            "boleh",
        ),
        *("tolong", "mau", "tahu", "coba", "apakah", "seperti", "kalau", "lalu", "terus", "nah", "bagaimana", "tugas"),
    )
)


class Meant(Struct, frozen=True):
    """`topic`: what is plainly meant; otherwise `question`: what to look for, with what the last answer adds to it."""

    question: str
    topic: str | None = None


def follow_up(regulation: Regulation, question: str, context: str | None) -> Meant:
    """The question with what it leaves to the last answer, whose topic is `context` (None: there was none)."""
    last = topic_of(regulation, context) if context else None
    said = words(question)
    if last is None or not said or len(said) > _LONGEST:
        return Meant(question)
    rest = [word for word in said if word not in _WITHOUT_WEIGHT]
    numbered = _numbered(regulation, last.id, rest)
    if numbered is not None:
        return Meant(question, numbered)
    if rest and set(rest) <= _MORE:
        return Meant(question, last.id)
    part = _part(regulation, last.id, rest)
    if part is not None:
        return Meant(question, part)
    leans = said[0] in _LEANING and not any(value.name.lower() in " ".join(said) for value in regulation.values)
    return Meant(f"{last.heading} {question}" if leans else question)


def _numbered(regulation: Regulation, last: str, rest: list[str]) -> str | None:
    """Of the value that was answered, the behaviour with this number; of the list of values, the value."""
    if len(rest) != 1 or rest[0] not in NUMBERS:
        return None
    number = NUMBERS[rest[0]]
    if last == "nilai":
        return f"nilai/{regulation.values[number - 1].slug}" if number <= len(regulation.values) else None
    wanted = "/".join([*last.split("/")[:2], str(number)])
    return wanted if last.startswith("nilai/") and wanted in topics_of(regulation) else None


def _part(regulation: Regulation, last: str, rest: list[str]) -> str | None:
    """The part of the same subject that is named: "kalau sekretaris?" after the chair, "di rapat?" after assemblies."""
    subject = last.partition("/")[0]
    if subject == "nilai":
        return None
    named = [
        topic
        for topic in topics_of(regulation)
        if topic.startswith(f"{subject}/") and topic != last and set(topic.partition("/")[2].split("-")) <= set(rest)
    ]
    return named[0] if len(named) == 1 else None
