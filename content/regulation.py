"""The shape of one regulation pack: frozen values, every text with its clause.

A pack is written in YAML under `content/regulations/` and read by `content.regulation_loader`; nothing else
opens those files. `source` is always the printed clause in Indonesian ("Pasal 6 huruf b angka 2"). A text is the item
alone, as printed, without the list's own ending ("; dan", ";", "."). How to write a pack: docs/regulations.md.
"""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Frozen(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every pack type: immutable, and a misspelt key is refused instead of ignored."""


class Force(StrEnum):
    """How binding the regulation's own wording is."""

    MANDATORY = "mandatory"  # "wajib", "harus", "bertugas", plain indicative
    MAY = "may"  # "dapat"
    EXAMPLE = "example"  # offered as an example


class Variant(Frozen, frozen=True):
    """The same provision as another part of the same regulation words it."""

    text: str
    source: str


class Passage(Frozen, frozen=True):
    """One quoted text. `variants` differ from it in wording; the Pasal wording is the passage, Lampiran the variant."""

    text: str
    source: str
    variants: tuple[Variant, ...] = ()
    force: Force = Force.MANDATORY
    heading: str | None = None  # a short label in Indonesian, ours, for lists ("Tugas ketua")
    clause: str | None = None  # the whole printed sentence, where `text` is the decreed line in it (a motto)


class Behaviour(Frozen, frozen=True):
    """One numbered behaviour of a value, `n` from 1 in the regulation's own order."""

    n: int
    text: str
    source: str
    variants: tuple[Variant, ...] = ()


class Manifestation(Frozen, frozen=True):
    """One "perwujudan perilaku" of a value, `n` as printed."""

    n: int
    text: str
    source: str


class Value(Frozen, frozen=True):
    """One decreed value with its meaning and its behaviours."""

    slug: str
    name: str
    meaning: str
    source: str  # clause of the meaning
    behaviours: tuple[Behaviour, ...]
    manifestations: tuple[Manifestation, ...] = ()
    variants: tuple[Variant, ...] = ()  # other wordings of the meaning


class Definition(Frozen, frozen=True):
    """A term as the regulation defines it."""

    term: str  # "Budaya Kerja", "Aparatur Sipil Negara (ASN)"
    text: str  # the whole sentence: "Daerah adalah Kabupaten Karanganyar"
    source: str


class Seat(Frozen, frozen=True):
    """A seat in the work-culture group or the regional team. `slug` is the role's topic name."""

    slug: str
    name: str
    source: str
    holder: str | None = None  # who sits there, where the regulation says so
    duties: tuple[Passage, ...] = ()


class Group(Frozen, frozen=True):
    """The office's work-culture group (KBK, TPBK, Tim RB)."""

    name: str
    short: str
    definition: Passage | None
    formation: tuple[Passage, ...]  # who forms it, by which decree, may it be renamed
    tasks: tuple[Passage, ...]
    seats: tuple[Seat, ...] = ()  # empty: the regulation fixes none, the seats are the office's own


class RegionalTeam(Frozen, frozen=True):
    """The team at city or regency level."""

    name: str
    formation: tuple[Passage, ...]
    tasks: tuple[Passage, ...]
    seats: tuple[Seat, ...] = ()


class DateRule(Frozen, frozen=True):
    """When an activation falls, where the regulation gives a date: monthly if `month` is None."""

    day: int
    month: int | None = None


class Activation(Frozen, frozen=True):
    """One form of activation, with its force and, where decreed, its date."""

    slug: str  # "apel-pagi", "rapat", "bahan-tayang", "media-sosial", "twibbon", "banner", "multimedia", "lain"
    name: str
    text: str
    source: str
    force: Force
    occasion: str | None = None  # Indonesian: "setiap apel pagi", "setiap rapat"; None where none is stated
    rule: DateRule | None = None
    variants: tuple[Variant, ...] = ()


class Cadence(Frozen, frozen=True):
    """How often: every `months` months (at least, if so worded), by the end of `by_month` where a deadline stands."""

    words: str  # the regulation's own: "setidaknya satu bulan sekali"
    months: int | None = None
    by_month: int | None = None


class MonitoringDuty(Frozen, frozen=True):
    """One monitoring, evaluation or reporting duty. `cadence` is None where the regulation gives none."""

    who: str
    text: str
    source: str
    force: Force = Force.MANDATORY
    cadence: Cadence | None = None


class ReportColumn(Frozen, frozen=True):
    """A column of the decreed report form, with its printed explanation."""

    name: str
    explanation: str


class ReportForm(Frozen, frozen=True):
    """The decreed form of the yearly monitoring report."""

    title: str
    source: str
    columns: tuple[ReportColumn, ...]
    sections: tuple[str, ...]
    signatory: str
    deadline: Passage


class MaturityIndicator(Frozen, frozen=True):
    """One level of the maturity table and the evidence it asks for."""

    level: int
    indicator: str
    evidence: tuple[str, ...]
    source: str


class ChangeAgents(Frozen, frozen=True):
    """Agen Perubahan: what they are, who may become one, how they are chosen and work."""

    definition: Passage | None
    formation: tuple[Passage, ...]
    criteria: tuple[Passage, ...] = ()
    stages: tuple[Passage, ...] = ()
    roles: tuple[Passage, ...] = ()
    mechanisms: tuple[Passage, ...] = ()
    development: tuple[Passage, ...] = ()


class LocalValueLink(Frozen, frozen=True):
    """How a decreed value maps to the local one, as the regulation says it."""

    value: str  # slug of the decreed value
    local: str  # name of the local value
    source: str
    text: str


class LocalValues(Frozen, frozen=True):
    """Local values beside the decreed ones (BAEK)."""

    name: str
    text: str
    source: str
    values: tuple[str, ...]
    links: tuple[LocalValueLink, ...]


class Salam(Frozen, frozen=True):
    """The decreed greeting; how its lines are split between caller and crowd is not stated."""

    lines: tuple[str, ...]
    source: str
    occasion: Passage


class HeadOfOffice(Frozen, frozen=True):
    """How this regulation names the head of the office and which seat that person holds, if any."""

    name: str
    seat: str | None  # "penanggung-jawab", "pengarah", "role-model"; None where none is given
    source: str


class Terms(Frozen, frozen=True):
    """This regulation's own words for the same things."""

    values: str  # "Core Values", "Nilai Budaya Kerja"
    behaviours: str  # "Panduan Perilaku (kode etik)", "Perilaku penting", "Indikator perilaku"
    regional_head: str  # "Wali Kota", "Walikota", "Bupati"
    office: str = "Perangkat Daerah"
    manifestations: str | None = None  # "Perwujudan perilaku" where it has them


class MissingPart(Frozen, frozen=True):
    """A part of the regulation that is absent from the text at hand: never say "tidak diatur" of its topics."""

    part: str  # "Lampiran"
    reason: str  # Indonesian, for the user
    source: str  # the clause that refers to it
    topics: tuple[str, ...] = ()


class Correction(Frozen, frozen=True):
    """A misreading of the scan that was corrected in this pack."""

    source: str
    scanned: str
    corrected: str
    reason: str  # English, for engineers


class Withheld(Frozen, frozen=True):
    """A misprint that is never shown; `shown` is what stands in its place, None where the item is left out."""

    source: str
    printed: str
    reason: str
    shown: str | None = None


class Regulation(Frozen, frozen=True):
    """One regulation, whole."""

    id: str  # "kupang-30-2025"
    title: str  # "Peraturan Wali Kota Kupang Nomor 30 Tahun 2025"
    about: str  # "Budaya Kerja di Lingkungan Pemerintah Kota Kupang"
    place: str  # "Kota Kupang"
    enacted: date
    timezone: str  # IANA: "Asia/Makassar"
    terms: Terms
    acronym: str | None  # "BerAKHLAK", "SIAP"; None where the values have none
    values_list: Passage  # the clause that lists the values
    values: tuple[Value, ...]
    covers: tuple[Passage, ...]  # who is bound
    head_of_office: HeadOfOffice
    group: Group
    regional_team: RegionalTeam | None
    change_agents: ChangeAgents | None
    values_rules: tuple[Passage, ...] = ()  # duty to live them, where they come from, may an office add its own
    role_model: tuple[Passage, ...] = ()
    motto: Passage | None = None  # `text` is the line itself, so that a message can close with it
    salam: Salam | None = None
    yel_yel: Passage | None = None
    employer_branding: Passage | None = None  # `text` is the line itself: "Bangga Melayani Bangsa"
    local_values: LocalValues | None = None
    activation_intro: Passage | None = None
    activations: tuple[Activation, ...] = ()
    monitoring: tuple[MonitoringDuty, ...] = ()
    report_form: ReportForm | None = None
    maturity: tuple[MaturityIndicator, ...] = ()
    rewards: tuple[Passage, ...] = ()
    socialisation: tuple[Passage, ...] = ()
    internalisation: tuple[Passage, ...] = ()
    institutionalisation: tuple[Passage, ...] = ()
    funding: tuple[Passage, ...] = ()
    purpose: tuple[Passage, ...] = ()  # maksud, tujuan, sasaran, ruang lingkup, manfaat
    guidance: tuple[Passage, ...] = ()  # pembinaan, tahap perencanaan dan pelaksanaan, deklarasi
    background: tuple[Passage, ...] = ()  # explanatory paragraphs (Lampiran: pendahuluan, penutup) that set no duty
    definitions: tuple[Definition, ...] = ()
    legal_basis: tuple[Passage, ...] = ()
    replaces: tuple[Passage, ...] = ()
    in_force: tuple[Passage, ...] = ()
    missing: tuple[MissingPart, ...] = ()
    corrections: tuple[Correction, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def value(self, slug: str) -> Value | None:
        """The value with this slug, or None."""
        return next((value for value in self.values if value.slug == slug), None)

    def activation(self, slug: str) -> Activation | None:
        """The activation with this slug, or None."""
        return next((item for item in self.activations if item.slug == slug), None)
