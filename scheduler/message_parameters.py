"""What each kind of push says: a function from the occurrence to a message key and its parameters.

`scheduler.sources` maps each kind to its function; the weekly summary's stands in `scheduler.weekly_summary`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from content.message import Picture
from content.regulation import DateRule, Force, Regulation
from scheduler.occurrences import is_eve
from storage.models import Occurrence, Office, Schedule
from storage.transaction import Session


class Posting(Struct, frozen=True):
    """One occurrence on its way to its chats; `leader` is the name of who leads the reading."""

    session: Session
    schedule: Schedule
    occurrence: Occurrence
    office: Office
    regulation: Regulation
    leader: str | None = None


class Wording(Struct, frozen=True):
    """What is to be said, the same to everyone."""

    key: str
    parameters: Mapping[str, Any]
    picture: Picture | None = None


Source = Callable[[Posting], Awaitable[Wording]]


async def reading(posting: Posting) -> Wording:
    """The values to be read aloud at the morning assembly, with the focus of the day and who leads."""
    text = reading_text(posting.regulation, posting.schedule, posting.occurrence, posting.leader)
    return Wording("reading/post", text)


def reading_text(
    regulation: Regulation, schedule: Schedule, occurrence: Occurrence, leader: str | None
) -> dict[str, Any]:
    """The parameters of a reading, for the group as for its leader."""
    return recitation(regulation, occurrence.focus) | {
        "title": schedule.title,
        "day": occurrence.day,
        "leader": leader,
        "occurrence_id": occurrence.id,
    }


async def meeting(posting: Posting) -> Wording:
    """What opens a meeting."""
    parameters = recitation(posting.regulation, posting.occurrence.focus) | {
        "title": posting.schedule.title,
        "due_at": posting.occurrence.due_at,
        "zone": posting.schedule.timezone,
        "occurrence_id": posting.occurrence.id,
    }
    return Wording("meeting/post", parameters)


def recitation(regulation: Regulation, focus: str | None) -> dict[str, Any]:
    """The values in that regulation's own words; salam, motto and employer branding only where it decrees them."""
    branding = regulation.employer_branding
    return {
        "values_term": regulation.terms.values,
        "acronym": regulation.acronym,
        "source": regulation.values_list.source,
        "values": [{"name": value.name, "meaning": value.meaning} for value in regulation.values],
        "salam": list(regulation.salam.lines) if regulation.salam else [],
        "motto": regulation.motto.text if regulation.motto else None,
        "branding": branding.text if branding and branding.force is Force.MANDATORY else None,
        "focus": _focus(regulation, focus),
    }


def _focus(regulation: Regulation, focus: str | None) -> dict[str, Any] | None:
    """The parts of "akuntabel/2/5"; None for one that the pack (any more) does not have."""
    slug, behaviour_n, manifestation_n = (*(focus or "").split("/"), "", "")[:3]
    value = regulation.value(slug)
    if value is None:
        return None
    behaviour = next((item for item in value.behaviours if str(item.n) == behaviour_n), None)
    manifestation = next((item for item in value.manifestations if str(item.n) == manifestation_n), None)
    return {
        "value": value.name,
        "meaning": value.meaning,
        "meaning_source": value.source,
        "behaviour_term": regulation.terms.behaviours,
        "behaviour": behaviour.text if behaviour else None,
        "behaviour_source": behaviour.source if behaviour else None,
        "manifestation_term": regulation.terms.manifestations,
        "manifestation": manifestation.text if manifestation else None,
        "manifestation_source": manifestation.source if manifestation else None,
    }


async def twibbon(posting: Posting) -> Wording:
    """The reminder on the eve or on the day; a clause is quoted only where the regulation names that very date."""
    activation = posting.regulation.activation("twibbon")
    decreed = activation is not None and activation.rule is not None and _falls(activation.rule, posting.occurrence)
    parameters: dict[str, Any] = {"day": posting.occurrence.day, "basis": None, "office": posting.office.name}
    if activation is not None and decreed:
        example = activation.force is not Force.MANDATORY
        parameters["basis"] = {"text": activation.text, "source": activation.source, "example": example}
    parameters["address"] = posting.schedule.body
    if is_eve(posting.occurrence):
        return Wording("twibbon/eve", parameters)
    return Wording("twibbon/day", parameters | {"occurrence_id": posting.occurrence.id})


def _falls(rule: DateRule, occurrence: Occurrence) -> bool:
    return rule.day == occurrence.day.day and rule.month in {None, occurrence.day.month}


async def broadcast(posting: Posting) -> Wording:
    """A secretary's own text, with its picture."""
    picture = posting.schedule.picture
    return Wording(
        "broadcast/post",
        {"text": posting.schedule.body or posting.schedule.title, "office": posting.office.name},
        Picture(picture["channel"], picture["file_ref"]) if picture else None,
    )
