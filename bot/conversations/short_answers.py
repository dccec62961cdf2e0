"""Answers in a word that mean that there is nothing to say, or no more: "-", "tidak ada kendala", "selesai"."""

import re

_NOTHING = re.compile(
    r"-*|lewati|lewat|skip|nihil|kosong"
    r"|(?:tidak|tdk|tak|gak?|nggak?|enggak|belum|blm)(?: ada)?"
    r"(?: (?:kendala|masalah|permasalahan|hambatan|upaya|bukti|data dukung|foto|berkas|tautan))?",
)
_DONE = re.compile(r"selesai|cukup|sudah(?: (?:selesai|cukup|semua))?|itu saja")
_AROUND = " .,!\t\r\n"


def says_nothing(text: str) -> bool:
    """Whether the whole text says that there is none."""
    return _NOTHING.fullmatch(_bare(text)) is not None


def says_done(text: str) -> bool:
    """Whether the whole text says that there is none, or no more."""
    return says_nothing(text) or _DONE.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    return " ".join(text.casefold().strip(_AROUND).split())
