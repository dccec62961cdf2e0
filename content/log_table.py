"""Entries of the log in words: the columns of the decreed report form (Karanganyar, Lampiran huruf D, Tabel 1)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from content.csv_table import csv_bytes
from content.date_words import weekday_date_words
from content.markup import plain_text
from content.rendering import render


class Proof(Struct, frozen=True):
    """One piece of data dukung: "link" with its address, "file" with its name, "photo"."""

    kind: str
    name: str = ""


class LogLine(Struct, frozen=True):
    """One entry, in local time; `title` is hostile text.

    `kind` is reading, meeting, forwarded, twibbon, report or activity.
    """

    kind: str
    day: date
    title: str
    time: str = ""  # "07.41 WIB"; "" where only the day is known
    name: str = ""  # who did it; "" where names are not for the reader
    value: str = ""  # a report's value and the number of its behaviour
    n: int = 0
    means: str = ""  # an activity's
    ways: tuple[str, ...] = ()  # "groups", "persons", "forwarded": how the text of a reading or meeting came to people
    problem: str = ""
    remedy: str = ""
    count: int = 0
    afterwards: bool = False
    evidence: tuple[Proof, ...] = ()


def what_words(line: LogLine) -> str:
    """The column Kegiatan, as plain text."""
    return _words("log/what", line, ("kind", "title", "value", "n", "count", "afterwards"))


def means_words(line: LogLine) -> str:
    """The column Bentuk/Media/Peralatan, as plain text."""
    return _words("log/means", line, ("kind", "means", "ways"))


def evidence_words(line: LogLine) -> str:
    """The column Data Dukung, as plain text, one item a line."""
    photos = sum(proof.kind == "photo" for proof in line.evidence)
    others = [{"kind": proof.kind, "name": proof.name} for proof in line.evidence if proof.kind != "photo"]
    return plain_text(render("log/evidence", {"photos": photos, "others": others}).text)


def log_csv(lines: Sequence[LogLine]) -> bytes:
    """The entries as a CSV file in the form's seven columns. Names of persons are not among them."""
    header = render("log/columns").text.split("\n")
    return csv_bytes(header, [_row(number, line) for number, line in enumerate(lines, start=1)])


def _row(number: int, line: LogLine) -> list[object]:
    when = f"{weekday_date_words(line.day)} {line.time}".strip()
    return [number, when, what_words(line), means_words(line), line.problem, line.remedy, evidence_words(line)]


def _words(key: str, line: LogLine, names: Sequence[str]) -> str:
    parameters: dict[str, Any] = {name: getattr(line, name) for name in names}
    return plain_text(render(key, parameters).text)
