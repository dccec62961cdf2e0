"""The printed clause behind a text: one strict pattern, so that every source can be found again in the regulation."""

import re

_NAMED = r"[A-Z][A-Za-z-]*(?: [A-Z][A-Za-z-]*)*"
_ROMAN = r"[IVXLC]+"
_ROOT = (
    rf"(?:Pasal \d+[A-Z]?|Lampiran(?: {_ROMAN})?|Bab {_ROMAN}|Judul|Pembukaan|Konsiderans|Menimbang|Mengingat"
    r"|Dasar Hukum|Menetapkan|Penjelasan|Penutup)"
)
_STEP = (
    rf"(?:ayat \(\d+[a-z]?\)|huruf [A-Za-z]|angka (?:\d+|{_ROMAN})\)?|butir \d+|nomor \d+|bagian (?:[A-Z]|{_ROMAN})"
    rf"|alinea \d+|tabel(?: (?:\d+|{_NAMED}))?|kolom (?:\d+|{_NAMED})|baris \d+)"
)
_CLAUSE = rf"(?:{_ROOT}|{_STEP})(?:,? {_STEP})*"
_CITATION = re.compile(rf"{_ROOT}(?:,? {_STEP})*(?:(?:;|,| dan| serta| sampai dengan) {_CLAUSE})*")


def is_citation(source: str) -> bool:
    """Whether `source` is a printed clause: "Pasal 6 huruf b angka 2", "Lampiran huruf D tabel 1", "Mengingat angka 2".

    A clause begins with its root (Pasal, Lampiran, Menimbang, Mengingat ...) and goes down by ayat, huruf, angka,
    butir, nomor, bagian, alinea, tabel, kolom, baris; several clauses are joined by ";", "dan" or "sampai dengan".
    """
    return _CITATION.fullmatch(source) is not None
