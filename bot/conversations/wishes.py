"""Wishes about what the bot sends: to be left alone, or to be written to again. Any other word makes them none."""

import re

from content.courtesy import asks

_MESSAGES = (
    r"pesan(?:nya)?|chat|wa|whatsapp|telegram|bot|notif(?:ikasi)?(?:nya)?|pengingat|ringkasan|siaran|naskah|spam"
    r"|(?:ber)?langganan|(?:meng|di)?kirim(?:an|i|in|kan)?(?:nya)?|(?:men)?(?:t)?erima|(?:di)?(?:meng)?hubungi"
    r"|(?:di)?(?:meng)?ganggu|(?:men)?dapat(?:kan)?"
)
_STOP = r"berhenti|brenti|berenti|stop|setop|(?:di)?hentikan|unsubscribe"
_NO = r"tidak|tdk|tak|gak?|gk|ngg?ak|enggak"
_WANT = r"mau|ingin|pengin|pengen|hendak|usah|perlu|butuh|bersedia"
_ON = r"aktifkan|nyalakan|hidupkan"
_AROUND = (
    r"jangan|lagi|dong|deh|ya|dulu|saja|aja|pak|bu|kak|min|tolong|mohon|maaf|sekarang|semua|segala|sudah"
    r"|apa ?pun|apa-apa|ini|itu|dari|ke|kepada|untuk|saya|aku|kami|no|nomor|please|me|yang|masuk|jadi|banyak"
    r"|juga|sekali"
    rf"|(?:{_NO}) (?:lagi )?(?:be)?kerja(?: lagi)?(?: di ?sini)?"
)
_THANKS = re.compile(r"\b(?:terima ?kasih|makasih?)\b", re.IGNORECASE)  # "terima" alone speaks of messages
_WORDS = re.compile(rf"\W*(?:\b(?:{_MESSAGES}|{_STOP}|{_NO}|{_WANT}|{_ON}|{_AROUND})\b\W*)*", re.IGNORECASE)
_SPEAKS_OF_MESSAGES = re.compile(rf"\b(?:{_MESSAGES})\b", re.IGNORECASE)
_UNWANTED = re.compile(rf"\b(?:{_NO}) (?:{_WANT})\b|\bjangan\b.*\b(?:lagi|saya|aku|kami)\b", re.IGNORECASE | re.DOTALL)
_STOPS = re.compile(rf"\b(?:{_STOP})\b", re.IGNORECASE)
_WANTED = re.compile(
    rf"\b(?:{_ON})\b|\b(?:mau|ingin|pengin|pengen)\b.*\b(?:(?:men)?erima|terima|dikirimi?|(?:men)?dapat(?:kan)?)\b",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(rf"\b(?:jangan|(?:{_NO}) (?:jadi|{_WANT}))\s+(?:{_STOP})\b", re.IGNORECASE)
_STOPS_NOT = re.compile(rf"{_GOES_ON.pattern}|\b(?:{_NO})\s+(?:{_STOP})\b", re.IGNORECASE)
_DENIES = re.compile(rf"\b(?:{_NO}|jangan|{_STOP})\b", re.IGNORECASE)


def of_messages(words: str) -> bool:
    """Whether the words behind "berhenti" are, as far as one can tell, about what we send."""
    return not asks(words) and (nothing_else(words) or _SPEAKS_OF_MESSAGES.search(_thankless(words)) is not None)


def nothing_else(words: str) -> bool:
    """Whether they speak of nothing but what we send, or of nothing at all."""
    return _WORDS.fullmatch(_thankless(words)) is not None


def is_wish_to_go_on(words: str) -> bool:
    """Whether the words behind "mulai" are plainly for being written to again: "kirim lagi"."""
    return not asks(words) and nothing_else(words) and _DENIES.search(words) is None


def asks_to_stop(text: str) -> bool:
    """Whether the whole text plainly asks for answers only, whatever it begins with: "jangan kirim pesan lagi"."""
    if asks(text) or not nothing_else(text) or denies_stop(text):
        return False
    speaks_of_messages = _SPEAKS_OF_MESSAGES.search(_thankless(text))
    return bool(_STOPS.search(text) or (speaks_of_messages and _UNWANTED.search(text)))


def denies_stop(text: str) -> bool:
    """Whether a stop is named and denied at once: "jangan berhenti kirim", "WA tidak berhenti"."""
    return _STOPS_NOT.search(text) is not None


def asks_to_go_on(text: str) -> bool:
    """Whether the whole text plainly asks to be written to again: "saya mau menerima pesan lagi", "jangan berhenti"."""
    if asks(text) or not nothing_else(text):
        return False
    if _GOES_ON.search(text):
        return True
    if not _SPEAKS_OF_MESSAGES.search(_thankless(text)):
        return False
    return _WANTED.search(text) is not None and _DENIES.search(text) is None


def _thankless(text: str) -> str:
    return _THANKS.sub(" ", text)
