"""Makes small whole objects of the domain, in which a test names only what it is about."""

from collections.abc import Mapping
from datetime import date

from content.regulation import (
    Behaviour,
    Group,
    HeadOfOffice,
    Manifestation,
    Passage,
    Regulation,
    Terms,
    Value,
)

SOURCE = "Pasal 1"


def make_value(slug: str, behaviours: int = 3, manifestations: int = 0) -> Value:
    """A value with numbered texts."""
    return Value(
        slug=slug,
        name=slug.capitalize(),
        meaning=f"arti {slug}",
        source=SOURCE,
        behaviours=tuple(Behaviour(n, f"perilaku {n} {slug}", SOURCE) for n in range(1, behaviours + 1)),
        manifestations=tuple(Manifestation(n, f"perwujudan {n} {slug}", SOURCE) for n in range(1, manifestations + 1)),
    )


def make_regulation(values: Mapping[str, tuple[int, int]] | None = None) -> Regulation:
    """A regulation of these values, slug -> (number of behaviours, number of manifestations)."""
    sizes = {"akuntabel": (3, 5), "kompeten": (3, 4)} if values is None else values
    passage = Passage("teks", SOURCE)
    return Regulation(
        id="contoh-1-2026",
        title="Peraturan Bupati Contoh Nomor 1 Tahun 2026",
        about="Budaya Kerja",
        place="Kabupaten Contoh",
        enacted=date(2026, 1, 2),
        timezone="Asia/Jakarta",
        terms=Terms(
            values="Nilai", behaviours="Perilaku", regional_head="Bupati", manifestations="Perwujudan perilaku"
        ),
        acronym=None,
        values_list=passage,
        values=tuple(make_value(slug, *size) for slug, size in sizes.items()),
        covers=(passage,),
        head_of_office=HeadOfOffice("Kepala", None, SOURCE),
        group=Group("Kelompok Budaya Kerja", "KBK", None, (passage,), (passage,)),
        regional_team=None,
        change_agents=None,
    )
