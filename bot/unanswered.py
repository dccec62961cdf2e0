"""Questions without a good answer, from the command line: what waits and what was mapped, office by office."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.application import opened
from bot.config import Settings
from content.bank_export import MappedQuestion, bank_yaml
from content.likeness import groups_of
from content.regulation_loader import load_regulations
from content.topics import topic_label
from storage.models import Office, Question
from storage.queries import offices, questions
from storage.transaction import Session


async def listed(settings: Settings, unit: str | None) -> list[Mapping[str, Any]]:
    """What waits in this office (None: in each) and what it mapped, as "question/office" wants it.

    Raises:
        NotFound: no office has this name.
    """
    async with opened(settings) as database, database.transaction() as session:
        return [await _listed(session, office) for office in await _offices(session, unit)]


async def exported(settings: Settings, unit: str | None) -> str:
    """What this office (None: all of them) mapped, as YAML in the bank's format; "" for nothing.

    Raises:
        NotFound: no office has this name.
    """
    regulations = load_regulations()
    async with opened(settings) as database, database.transaction() as session:
        rows = [row for office in await _offices(session, unit) for row in await questions.mapped(session, office.id)]
    return bank_yaml(
        MappedQuestion(regulations[row.regulation_id], row.mapped_topic, row.text)
        for row in rows
        if row.mapped_topic and row.regulation_id in regulations
    )


async def _listed(session: Session, office: Office) -> Mapping[str, Any]:
    regulation = load_regulations()[office.regulation_id]
    waiting = await questions.waiting(session, office.id)
    mapped = await questions.mapped(session, office.id)
    return {
        "office": office.name,
        "groups": _groups(waiting),
        "total": await questions.count_waiting(session, office.id),
        "mapped": [{"text": row.text, "topic": topic_label(regulation, row.mapped_topic or "")} for row in mapped],
    }


def _groups(rows: Sequence[Question]) -> list[dict[str, Any]]:
    texts = {row.id: row.text for row in rows}
    return [{"text": texts[group[0]], "count": len(group)} for group in groups_of(texts)]


async def _offices(session: Session, unit: str | None) -> list[Office]:
    return await offices.all_offices(session) if unit is None else [await offices.find_office(session, unit)]
