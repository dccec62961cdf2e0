"""Answers in a word: that there is nothing to say, or no more ("-", "tidak ada kendala", "selesai"), yes, and no."""

import re

_NOTHING = re.compile(
    r"-*|lewati|lewat|skip|nihil|kosong"
    r"|(?:tidak|tdk|tak|gak?|nggak?|enggak|belum|blm)(?: ada)?"
    r"(?: (?:kendala|masalah|permasalahan|hambatan|upaya|bukti|data dukung|foto|berkas|tautan))?",
)
_DONE = re.compile(r"selesai|cukup|sudah(?: (?:selesai|cukup|semua))?|itu saja")
_FILLING = r"(?: (?:ya|pak|bu|kak|min|dong|deh|saja|aja|sekarang|sudah|terima kasih|makasih))*"
_YES = re.compile(
    r"(?:(?:ya|iya|yes|yup|y|oke?|okay|baik|setuju|sepakat|benar|betul|boleh|siap|silakan|lanjut(?:kan)?)[,.]? ?)+"
    + _FILLING
)
_NO = re.compile(
    r"(?:(?:tidak|tdk|tak|gak?|nggak?|enggak|no|jangan|belum|blm)[,.]? ?)+"
    r"(?:usah|jadi|dulu|perlu|mau|setuju|kirim|dikirim|diganti|ganti)?(?: dulu)?" + _FILLING
)
_SEND = re.compile(r"(?:(?:ya|iya|oke?|baik|tolong|mohon|silakan)[,.]? )*(?:kirim(?:kan)?|dikirim)" + _FILLING)
_SAVE = re.compile(r"(?:(?:ya|iya|oke?|baik|tolong|mohon|silakan)[,.]? )*(?:simpan(?:kan)?|disimpan)" + _FILLING)
_AROUND = " .,!\t\r\n"


def says_nothing(text: str) -> bool:
    """Whether the whole text says that there is none."""
    return _NOTHING.fullmatch(_bare(text)) is not None


def says_done(text: str) -> bool:
    """Whether the whole text says that there is none, or no more."""
    return says_nothing(text) or _DONE.fullmatch(_bare(text)) is not None


def agrees(text: str) -> bool:
    """Whether the whole text is a yes."""
    return _YES.fullmatch(_bare(text)) is not None


def refuses(text: str) -> bool:
    """Whether the whole text is a no."""
    return _NO.fullmatch(_bare(text)) is not None


def says_send(text: str) -> bool:
    """Whether the whole text bids to send."""
    return _SEND.fullmatch(_bare(text)) is not None


def says_save(text: str) -> bool:
    """Whether the whole text is a yes to what was read back before it is saved, or bids to save it."""
    return agrees(text) or _SAVE.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    return " ".join(text.casefold().strip(_AROUND).split())
