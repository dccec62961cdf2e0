"""What a seat is called: as the office's regulation names it, else by our own word."""

from content.regulation import Regulation

_OWN_WORDS = {
    "kepala": "Kepala kantor",
    "penanggung-jawab": "Penanggung jawab",
    "pengarah": "Pengarah",
    "fasilitator": "Fasilitator",
    "ketua": "Ketua",
    "sekretaris": "Sekretaris",
    "anggota": "Anggota",
}
_OURS = {"administrator": "Administrator"}  # runs the installation; no regulation knows it


def seats_of(regulation: Regulation) -> tuple[str, ...]:
    """The slugs of the seats that an office under this regulation fills, highest first, `anggota` always among them.

    Where the regulation fixes no seats every one is offered, as the office's own. The head of the office is one of
    them only where that person holds no seat in the group.
    """
    fixed = {seat.slug for seat in regulation.group.seats}
    if not fixed:
        return tuple(_OWN_WORDS)
    wanted = fixed | {"anggota"}
    if regulation.head_of_office.seat not in fixed:
        wanted.add("kepala")
    return tuple(slug for slug in _OWN_WORDS if slug in wanted)


def seats_are_fixed(regulation: Regulation) -> bool:
    """Whether the regulation itself names the seats of the group."""
    return bool(regulation.group.seats)


def seat_words(regulation: Regulation, slug: str) -> str:
    """The name of the seat ("Sekretaris"); raises KeyError for a slug that is no seat."""
    if slug == "kepala":
        return regulation.head_of_office.name
    named = next((seat.name for seat in regulation.group.seats if seat.slug == slug), None)
    words = named or (_OWN_WORDS | _OURS)[slug]
    return words[:1].upper() + words[1:]
