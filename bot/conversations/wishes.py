"""Wishes about what the bot sends: to be left alone, or to be written to again. Any other word makes them none.

Only what plainly asks for it is one: what may as well speak of a broadcast, of a gift, or complain that messages do not
come, is unclear, and whoever wrote it is told the word that is not.
"""

import re
from enum import Enum

from content.courtesy import asks

_NOUN = r"pesan|chat|wa|whatsapp|telegram|notif(?:ikasi)?|pengingat|ringkasan|kiriman|spam|(?:ber)?langganan"
_DEFINITE = r"(?:pesan|chat|notif(?:ikasi)?|kiriman)nya"
_BROADCAST = r"siaran|naskah"
_SEND = r"(?:(?:meng|di)?kirim|mengirim)(?:i|in|kan)?(?:nya)?"
_RECEIVE = r"(?:men)?(?:t)?erima|(?:men)?dapat(?:kan)?"
_DISTURB = r"(?:di)?(?:meng)?hubungi|(?:di)?(?:meng)?ganggu"
_MESSAGES = rf"{_NOUN}|{_DEFINITE}|{_BROADCAST}|{_SEND}|{_RECEIVE}|{_DISTURB}|bot"
_CONTACT = rf"{_SEND}|{_DISTURB}|chat|wa|whatsapp|telegram|spam"
_HALT = r"berhenti|brenti|berenti|stop|setop|unsubscribe"
_STOP = rf"{_HALT}|(?:di)?hentikan"
_NO = r"tidak|tdk|tak|gak?|gk|ngg?ak|enggak"
_WILL = r"mau|ingin|pengin|pengen|hendak|butuh|bersedia"
_NEED = r"usah|perlu"
_ON = r"aktifkan|nyalakan|hidupkan"
_ME = r"saya|aku|kami"
_ANYTHING = r"apa ?pun|apa-apa"
_AROUND = (
    rf"jangan|lagi|dong|deh|ya|dulu|saja|aja|pak|bu|kak|min|tolong|mohon|maaf|sekarang|semua|segala|sudah|{_ANYTHING}"
    rf"|ini|itu|dari|ke|kepada|untuk|{_ME}|no|nomor|please|me|yang|masuk|jadi|banyak|juga|sekali"
    rf"|(?:{_NO}) (?:lagi )?(?:be)?kerja(?: lagi)?(?: di ?sini)?"
)
_CLAUSE = r"[^.,;!\n]*"


def _search(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_THANKS = _search(r"\b(?:terima ?kasih|makasih?)\b")  # "terima" alone speaks of messages
_WORDS = _search(rf"[\W_]*(?:\b(?:{_MESSAGES}|{_STOP}|{_NO}|{_WILL}|{_NEED}|{_ON}|{_AROUND})\b[\W_]*)*")
_SPEAKS_OF_MESSAGES = _search(rf"\b(?:{_MESSAGES})\b")
_BEGINNING = r"[\W_]*(?:(?:tolong|mohon|maaf)\b[\W_]*)*(?:(?:(?:saya|aku)\s+)?(?:mau|ingin|hendak)\s+)?"
_BEGINS_TO_STOP = _search(rf"{_BEGINNING}(?:{_HALT})\b")
_BEGINS_TO_GO_ON = _search(rf"{_BEGINNING}mulai\b")
_STOPS = _search(rf"\b(?:{_STOP})\b")
_DENIES_STOP = _search(rf"\b(?:jangan|{_NO})\b{_CLAUSE}\b(?:{_STOP})\b")
_DENIES_STOP_AT_ONCE = _search(rf"\b(?:jangan|(?:{_NO})(?: (?:jadi|{_WILL}|{_NEED}))?)\s+(?:{_STOP})\b")
_DENIES = _search(rf"\b(?:{_NO}|jangan|{_STOP})\b")
_TAKEN_BACK = _search(
    rf"\b(?:{_STOP})\b.*\b(?:jangan\b(?!\s+(?:lagi\s+)?(?:{_CONTACT})\b)"
    rf"|(?:{_NO})\b(?!\s+(?:lagi\s+)?(?:{_WILL}|(?:be)?kerja|(?:{_NEED})\s+(?:lagi\s+)?(?:{_CONTACT}))\b))"
)
_NAMES_MESSAGES = _search(rf"\b(?:{_NOUN})\b")
_TELLS_NOT_ASKS = _search(  # that messages stopped, or were sent, or that somebody leaves
    rf"\b(?:{_MESSAGES})\b{_CLAUSE}\b(?:{_HALT}|dihentikan)\b|\b(?:{_HALT})\s+(?:masuk|dikirim|diterima)\b"
    rf"|\b(?:{_ME}|semua)\s+(?:{_HALT})\b(?!.*\b(?:{_NOUN})\b)"
    rf"|\bsudah\s+(?:(?:{_ME})\s+)?(?:{_STOP}|{_SEND}|{_RECEIVE})\b"
)
_OF_ONE_THING = _search(  # not of all that comes
    rf"\b(?:{_BROADCAST}|{_DEFINITE})\b|\b(?:{_NOUN}|{_SEND}|{_STOP}|{_RECEIVE})\s+(?:ini|itu)\b|\bjangan dulu\b"
    rf"|\b(?:{_NEED})\s+(?:lagi\s+)?dikirim\b|\bjangan\b{_CLAUSE}\b(?:{_RECEIVE})\b"
    rf"|\b(?:{_ME})\s+(?:sudah\s+)?(?:{_NO})\s+(?:(?:{_WILL}|{_NEED})\s+)?(?:menghubungi|mengganggu|mengirim\w*|kirim)\b"
    rf"|\b(?:{_RECEIVE})\s+kiriman\b"  # of what the writer sends, or is given
)
_SENT_OR_GOT = _search(rf"\b(?:{_SEND}|{_RECEIVE})\b")
_SENT_TO_ME = _search(  # not "dikirim"
    rf"\b(?:dikirim(?:i|in)|(?:(?:meng)?kirim|mengirim)(?:i|in|kan)?)\b{_CLAUSE}\b(?:lagi|{_ME}|{_ANYTHING})\b"
)
_NEEDS_NOT = _search(rf"\b(?:{_NEED})\s+(?:lagi\s+)?(?:{_SEND})\b")
_UNWANTED = _search(
    rf"\b(?:{_NO}) (?:{_WILL}|{_NEED})\b|\bjangan\b{_CLAUSE}\b(?:{_CONTACT})\b{_CLAUSE}\b(?:lagi|{_ME})\b"
    rf"|\bjangan\b{_CLAUSE}\blagi\b{_CLAUSE}\b(?:{_CONTACT})\b|\bjangan\b{_CLAUSE}\b(?:{_RECEIVE})\b"
)
_WANTED = _search(rf"\b(?:{_ON})\b|\b(?:{_WILL})\b.*\b(?:{_RECEIVE}|dikirim(?:i|in)?)\b")
_ON_AGAIN = _search(rf"\blagi\b|\b(?:{_RECEIVE}|{_SEND})\b")
_SEND_AGAIN = _search(rf"\b(?:{_SEND})\b.*\blagi\b")


class Wish(Enum):
    """What somebody wants of what we send."""

    STOP = "stop"
    GO_ON = "go on"
    UNCLEAR = "unclear"  # may be one of the two, and may be something else: nothing is done that was not asked for


def wish_in(text: str) -> Wish | None:
    """What a whole text asks about what we send, whatever it begins with; None where it speaks of something else."""
    if asks(text):
        return None
    words = _THANKS.sub(" ", text)
    going_on = _BEGINS_TO_GO_ON.match(words)
    if _WORDS.fullmatch(words[going_on.end() :] if going_on else words):
        return _wish_to_go_on(words, begun=going_on is not None) or _wish_to_stop(words)
    return Wish.UNCLEAR if _BEGINS_TO_STOP.match(words) and _SPEAKS_OF_MESSAGES.search(words) else None


def denies_stop(text: str) -> bool:
    """Whether a stop is named and denied at once: "jangan berhenti kirim", "WA tidak berhenti"."""
    return _DENIES_STOP_AT_ONCE.search(text) is not None


def _wish_to_stop(words: str) -> Wish | None:
    """Of words about messages alone."""
    stops = _STOPS.search(words)
    if not stops and not (_SPEAKS_OF_MESSAGES.search(words) and _UNWANTED.search(words)):
        return None
    doubts = (_DENIES_STOP, _TAKEN_BACK, _TELLS_NOT_ASKS, _OF_ONE_THING)
    if any(doubt.search(words) for doubt in doubts):
        return Wish.UNCLEAR
    to_me = _SENT_TO_ME.search(words) and not _NEEDS_NOT.search(words)
    clear = _NAMES_MESSAGES.search(words) or not _SENT_OR_GOT.search(words) or to_me
    return Wish.STOP if clear else Wish.UNCLEAR


def _wish_to_go_on(words: str, *, begun: bool) -> Wish | None:
    """Of words about messages alone; `begun` with "mulai"."""
    if _DENIES.search(words):
        return Wish.UNCLEAR if begun else None
    if not begun and not (_SPEAKS_OF_MESSAGES.search(words) and _WANTED.search(words)):
        return None
    again = _NAMES_MESSAGES.search(words) and _ON_AGAIN.search(words)
    clear = (again or (begun and _SEND_AGAIN.search(words))) and not _OF_ONE_THING.search(words)
    return Wish.GO_ON if clear else Wish.UNCLEAR
