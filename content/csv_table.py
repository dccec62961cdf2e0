"""A table as a CSV file that a spreadsheet opens well, and in which no cell can become a formula.

Written for a spreadsheet set to Indonesian: there the comma is the decimal sign, so columns are parted by ";", and
without the byte order mark UTF-8 is read as another alphabet. Lines end in CR LF (RFC 4180). A cell that a spreadsheet
might calculate gets a leading apostrophe (OWASP, "CSV Injection": = + - @ tab CR, and their full-width twins).
"""

import csv
import io
from collections.abc import Iterable, Sequence

SEPARATOR = ";"
_STARTS_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8 with byte order mark; every cell quoted and made harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([harmless(str(cell)) for cell in row] for row in [header, *rows])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    if cell[:1] in _STARTS_FORMULA or cell.lstrip()[:1] in _STARTS_FORMULA:
        return f"'{cell}"
    return cell
