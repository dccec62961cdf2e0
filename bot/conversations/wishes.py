"""Wishes about what the bot sends: to be left alone, or to be written to again. Any other word makes them none.

Only what plainly asks for it is one: what may as well speak of a broadcast, of a gift, or complain that messages do not
come, is unclear, and whoever wrote it is asked which of the two they want.
"""

import re
import unicodedata
from enum import Enum

from bot.conversations.wish_words import CLAUSE, plainly
from content.courtesy import asks

_Patterns = tuple[re.Pattern[str], ...]


def _patterns(*patterns: str) -> _Patterns:
    return tuple(re.compile(pattern) for pattern in patterns)


# Of the words of `plainly`, each with the blank that follows it.
_HALT = "(?:stop |berhenti |mandheg )"
_THESE = "(?:pesan |notif |wa |langganan )"  # what we send, by names that are no gift's
_NOUN = "(?:pesan |notif |wa |langganan |kiriman |ganggu |bot )"
_TO_ME = "(?:saya |lagi |apapun )"  # who says so speaks of what comes to them
_ALL = "(?:pesan |notif |wa |langganan |kiriman |ganggu |bot |saya |nomor |sini |lagi |apapun |sekarang |ini )*"
_I = "(?:saya )?(?:sudah )?"
_WISH = f"(?:{_I}(?:mau |tolong )+)"
_PLEASE = "(?:tolong )*"
_WANT_NO = "tidak (?:lagi )?mau (?:lagi )?"
_NEED_NO = "tidak (?:lagi )?usah "
_DO_NOT = f"(?:{_PLEASE}jangan |(?:saya )?(?:tolong )+tidak )"
_SEND_ME = f"(?:kirim |wa |dikirimi |ganggu |mengganggu |diganggu |hubungi )(?={_ALL}{_TO_ME})"
_STOPS = _patterns(
    f"{_WISH}?(?:bot )?{_HALT}(?:bot )?(?:{_THESE}|{_TO_ME}|sini |sekarang |sudah |dulu )*",
    "(?:bot )?(?:sudah )?stop ",
    f"{_I}{_HALT}langganan {_ALL}",
    f"(?:{_WISH}?{_HALT}|{_PLEASE}hentikan )(?:langganan )?layanan (?:{_THESE}|{_TO_ME}|ini |sini |sekarang )*",
    f"{_WISH}?{_HALT}(?:mengganggu |ganggu |diganggu |hubungi ){_ALL}",
    f"{_PLEASE}{_HALT}kirim (?={_ALL}(?:{_NOUN}|{_TO_ME})){_ALL}",
    f"{_WISH}?{_HALT}(?:terima (?={_ALL}{_THESE})|dikirimi ){_ALL}",
    f"{_PLEASE}hentikan (?:kirim )?(?!{_NOUN}*ini ){_ALL}",
    f"(?:tolong (?:{_THESE}|kiriman |kirim )*|(?:{_THESE}|kiriman |kirim )+tolong )dihentikan {_ALL}",
    f"(?:sudah )?{_DO_NOT}(?:lagi )?(?:ganggu |{_SEND_ME}){_ALL}",
    f"(?:sudah )?{_DO_NOT}lagi (?:kirim |wa |dikirimi ){_ALL}",
    f"{_I}{_WANT_NO}(?:dikirimi |diganggu |terima (?={_ALL}{_THESE})){_ALL}",
    f"{_I}{_WANT_NO}(?:notif |langganan ){_TO_ME}*",
    f"{_PLEASE}(?:sudah )?{_NEED_NO}{_SEND_ME}{_ALL}",
    f"{_PLEASE}{_NEED_NO}lagi (?:kirim |wa |dikirimi ){_ALL}",
    f"{_PLEASE}(?:matikan (?:{_THESE}|kiriman )+|batalkan langganan ){_TO_ME}*",
    f"(?:{_THESE}|kiriman )+{_PLEASE}matikan ",
    f"{_PLEASE}keluarkan saya (?:daftar )?(?:{_THESE}|kiriman )+",
)
_REASONS = _patterns(
    f"{CLAUSE} ",
    "(?:saya )?(?:pesan |wa |notif |bot |kiriman )?(?:ini )?(?:sudah )?(?:cukup |terganggu |mengganggu |ganggu "
    "|berisik |pensiun |mutasi |keluar |capek |bosan |malas |muak |bukan pegawai |salahnomor "
    "|pindah (?:tugas |kantor |kerja )?|tidak (?:lagi )?(?:kerja |bekerja ))"
    "(?:(?:terima |dikirimi )?(?:pesan |notif |wa ))?(?:lagi |sini )*",
    f"(?:saya )?(?:sudah |tidak mau |ini saya )(?={CLAUSE} )",
)
_WANTED = f"(?:tolong |{_I}mau )*"
_AGAIN = "(?:saya |lagi )"
_GOES_ON = _patterns(
    f"{_WANTED}mulai (?:lagi )?",
    f"{_WANTED}mulai (?:lagi )?(?:kirim (?={_ALL}lagi )|terima (?={_ALL}{_THESE}))(?:{_THESE}|{_AGAIN})*",
    f"{_I}mau (?:lagi )?(?:terima |dikirimi )(?={_ALL}{_THESE})(?={_ALL}lagi )(?:{_THESE}|{_AGAIN})*",
    f"{_WANTED}aktifkan (?={_ALL}lagi )(?={_ALL}{_THESE})(?:{_THESE}|{_AGAIN})*",
    f"{_WANTED}lanjutkan (?:{_THESE}|kiriman )+{_AGAIN}*",
    f"{_WANTED}kirim (?={_ALL}saya )(?={_ALL}{_THESE})(?={_ALL}lagi )(?:{_THESE}|{_AGAIN})*",
    f"{_WANTED}langganan lagi ",
)

_ABOUT_MESSAGES = (
    r"\b(?:pesan|notif|wa|langganan|kiriman|bot|siaran|naskah|kirim|dikirimi?|terima"
    "|ganggu|diganggu|mengganggu|hubungi) "
)
_REFUSED = r"\b(?:jangan|tolong tidak|tidak(?: lagi)? (?:mau|usah)) "
_MAY_ASK = re.compile(  # in words that are all of these
    rf"\b(?:{_HALT}|hentikan |tidak mau lagi |mulai |langganan |keluarkan saya "
    rf"|siaran .*\b(?:batalkan|tarik|salah|tidak jadi) |(?:batalkan|tarik|keluarkan) (?:kirim )?siaran "
    rf"|(?:dihentikan|matikan|aktifkan|lanjutkan|batalkan|tarik) .*{_ABOUT_MESSAGES}|{_ABOUT_MESSAGES}.*\bdihentikan "
    r"|tidak (?:lagi )?(?:dikirimi|diganggu) "
    rf"|{_REFUSED}.*{_ABOUT_MESSAGES}|{_REFUSED}dihentikan |{_ABOUT_MESSAGES}.*{_REFUSED}"
    r"|mau .*\b(?:terima|dikirimi?) |menolak dikirimi )"
    r"|\A(?:, )*(?:saya |ini )?(?:mau |sudah )?(?:keluar |ganggu |mengganggu |berisik |salahnomor |cabut persetujuan )"
    r"(?:saya |, )*\Z"
)
_KNOWN = frozenset(
    f"{CLAUSE} pesan notif wa langganan kiriman bot siaran naskah kirim dikirim dikirimi terima ganggu diganggu"
    " mengganggu hubungi stop berhenti mandheg hentikan dihentikan matikan batalkan tarik keluarkan aktifkan lanjutkan"
    " mulai tidak jangan mau usah tolong saya nomor sini ini lagi apapun sekarang sudah jadi dulu belum banyak"
    " kebanyakan terlalu terus daftar pernah masuk cukup terganggu berisik capek bosan malas muak keberatan setuju"
    " keluar salahnomor salah kembali cabut menolak persetujuan".split()
)
_NAMES_MESSAGES = re.compile(r"\b(?:pesan|notif|wa|langganan|kiriman|dikirimi|siaran) ")
_SPEAKS_OF_MESSAGES = re.compile(_ABOUT_MESSAGES)
_ASKING = re.compile(
    r"\b(?:apa|apakah|bagaimana|bisa|bisakah|boleh|bolehkah|cara|caranya|kapan|kenapa|supaya|agar|biar|harus"
    "|tidak(?= jangan )) "
)
_ASKS_TO_STOP = re.compile(f"(?:bisa|bisakah|boleh) {_PLEASE}{_HALT}")
_WONDERS = re.compile(  # that something stopped, or comes again: who complains of it bids nothing
    r"\b(?:ko+[kq]+|s+i+h+|n+i+h+)\b|\A\W*(?:l+a*h+|l+h*o+h*|lha+|ya+h+|kan|eh|ah)\b"
    r"|\b(?:berhenti|stop|mulai)[ -]?kah\b"
)
_SIGHS = re.compile(r"\b(?:de+c?h+|l+a+h+|lho+|loh+|lha|yah+|kan|eh|ah|oi)\b")  # "mulai lagi deh" may be a reproach
_SPEAKS_OF_ME = re.compile(rf"(?<!\A)\bsaya |\Asaya (?!(?:sudah )?{_HALT})")
_NUMBERED = re.compile(r"\bapa ?2\b", re.IGNORECASE)  # "apa2" is "apa-apa", which asks nothing
_SPOKEN_OF = f"(?:(?:{_THESE}|naskah |kiriman )(?:[a-z]+ ){{0,2}})?"
_MAY_ASK_AMONG_OTHERS = re.compile(  # in words of which some speak of something else
    rf"\bjangan (?:lagi )?(?:kirim |wa |dikirimi |ganggu |mengganggu |hubungi ){_SPOKEN_OF}(?:saya|lagi) "
    rf"|(?:\A|{CLAUSE} |\bjadi |\btolong ){_I}tidak (?:lagi )?(?:mau |usah )(?:lagi )?"
    rf"(?:(?:terima |kirim |wa )(?:{_THESE}|lagi )|dikirimi |diganggu )"
    rf"|(?<!\bsaya )(?<!\bsudah )\b{_HALT}(?:kirim |terima )?{_THESE}"
    rf"|\bhentikan (?:{_THESE}|kiriman |kirim )|\bmatikan (?:{_THESE}|kiriman )|\bkeluarkan saya "
)
_MOST_OTHER_WORDS = 8  # beside which a wish may still be one, and
_FEW_OTHER_WORDS = 2  # a complaint one about us
_TOO_MUCH = (
    "(?:banyak|kebanyakan|mengganggu|ganggu|terganggu|capek|bosan|malas|muak|keberatan|terus|berisik|tidak setuju) "
)
_COMES = "(?:pesan |notif |dikirimi |wa (?!(?:[a-z]+ )*terus ))"
_COMPLAINS = re.compile(rf"\b(?:{_TOO_MUCH}(?:[a-z]+ ){{0,2}}?{_COMES}|{_COMES}(?:[a-z]+ ){{0,2}}?{_TOO_MUCH})")
_BEGINS = re.compile(f"(?:{CLAUSE} )*{_PLEASE}(?:{_I}mau )?{_HALT}")
_BROADCAST = re.compile(r"\b(?:siaran|(?:batalkan|tarik) (?:kirim )?(?:pesan|kiriman) ini) ")
_BARE_STOP = re.compile(
    f"(?:{CLAUSE} )*{_PLEASE}(?:{_I}mau )?(?:stop |berhenti )(?:langganan |lagi |sekarang |{CLAUSE} )*"
)


class Wish(Enum):
    """What somebody wants of what we send."""

    STOP = "stop"
    GO_ON = "go on"
    UNCLEAR = "unclear"  # may be one of the two, and may be something else: nothing is done that was not asked for


def wish_in(text: str) -> Wish | None:
    """What a whole text asks about what we send, whatever it begins with; None where it speaks of something else."""
    said = plainly(text)
    wish = _plain_wish(said)
    if _asks(text) or "bagaimana" in said:
        return Wish.UNCLEAR if wish is not None or _is_asked_of_messages(said) else None
    unsure = wonders(text) or (wish is Wish.GO_ON and _SIGHS.search(text.lower()))
    if wish is not None and not unsure:
        return wish
    return Wish.UNCLEAR if wish is not None or _may_ask(said) else None


def wish_within(text: str) -> Wish | None:
    """What a whole text asks that may as well be the words a form waits for.

    A stop is one where it names its writer as who is written to, or is the word alone; else it is unclear. What would
    be unclear anyhow is None, words of the form, unless it is the word in a question.
    """
    said, wish = plainly(text), wish_in(text)
    if wish is Wish.STOP:
        return wish if says_stop(text) or _SPEAKS_OF_ME.search(said) else Wish.UNCLEAR
    return Wish.UNCLEAR if wish is Wish.UNCLEAR and _BARE_STOP.fullmatch(said) else None


def says_stop(text: str) -> bool:
    """Whether the whole text is the word that stops us, whatever courtesies stand around it; asked, it is not."""
    return _BARE_STOP.fullmatch(plainly(text)) is not None and not wonders(text)


def wonders(text: str) -> bool:
    """Whether a text asks, or is surprised: "berhenti?", "kok mulai lagi". It bids nothing, nor agrees to it."""
    return _asks(text) or _WONDERS.search(unicodedata.normalize("NFKC", text).lower()) is not None


def speaks_of_a_broadcast(text: str) -> bool:
    """Whether a broadcast is named, or one message that may be one."""
    return _BROADCAST.search(plainly(text)) is not None


def calls_back(text: str) -> bool:
    """Whether the whole text asks not to send a broadcast: "batalkan siaran itu", "siarannya tidak jadi"."""
    said = plainly(text)
    return not _others(said) and wish_in(text) is Wish.UNCLEAR and speaks_of_a_broadcast(text)


def begins_to_stop(text: str) -> bool:
    """Whether the text begins by naming a stop, of whatever: "stop dulu, saya dipindah"."""
    return _BEGINS.match(plainly(text)) is not None


def _is_asked_of_messages(said: str) -> bool:
    """Of the words of a question: whether it asks how or when what we send ends, or that it may."""
    rest = _ASKING.sub("", said)
    asked = _NAMES_MESSAGES.search(rest) and not _others(rest)
    return bool(asked and _may_ask(rest)) or _ASKS_TO_STOP.fullmatch(said) is not None


def _may_ask(said: str) -> bool:
    others = _others(said)
    if others <= _FEW_OTHER_WORDS and _COMPLAINS.search(said):
        return True
    if not others:
        return _MAY_ASK.search(said) is not None
    if _BEGINS.match(said) and _SPEAKS_OF_MESSAGES.search(said):
        return True
    if others > _MOST_OTHER_WORDS:
        return False
    ends_so = _consists_of(said.rpartition(f"{CLAUSE} ")[2], _STOPS, _REASONS) and CLAUSE in said
    return ends_so or _MAY_ASK_AMONG_OTHERS.search(said) is not None


def _asks(text: str) -> bool:
    return asks(_NUMBERED.sub("apapun", unicodedata.normalize("NFKC", text)))


def _plain_wish(said: str) -> Wish | None:
    if _consists_of(said, _STOPS, _REASONS):
        return Wish.STOP
    return Wish.GO_ON if _consists_of(said, _GOES_ON, _REASONS[:1]) else None


def _others(said: str) -> int:
    """How many of the words speak of something else."""
    return sum(word not in _KNOWN for word in said.split())


def _consists_of(said: str, phrases: _Patterns, around: _Patterns) -> bool:
    """Whether words are one or more of the phrases, and else what may stand around; each taken as long as it can be."""
    found, place = False, 0
    while place < len(said):
        ends = {True: _end(phrases, said, place), False: _end(around, said, place)}
        wished = ends[True] >= ends[False]
        if ends[wished] == place:
            return False
        found, place = found or wished, ends[wished]
    return found


def _end(phrases: _Patterns, said: str, place: int) -> int:
    """Where the longest of the phrases ends that begins at this place; the place where none does."""
    found = (phrase.match(said, place) for phrase in phrases)
    return max((match.end() for match in found if match), default=place)
