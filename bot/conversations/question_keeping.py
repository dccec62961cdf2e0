"""Questions without a good answer are kept for the office: without who asked, and without the names in them."""

from bot.conversations.step import Turn
from content.knowledge_base import Answer, Declined, Result
from content.mapped_question import Mapped
from content.scrubbing import scrubbed, worth_keeping
from storage.models import Office, QuestionReason
from storage.queries import people, questions


def office_here(turn: Turn) -> Office:
    """By whose regulation the question is answered: that of the group's office, else of the member's."""
    return turn.host or turn.known_office


async def without_names(turn: Turn, text: str) -> str:
    """The question without the names of who asks and of everybody on the office's roster."""
    roster = [line.name for line in await people.roster(turn.session, office_here(turn).id)]
    own = [turn.inbound.sender.name, *(known.name for known in (turn.person, turn.member) if known)]
    return scrubbed(text, [*own, *roster])


async def mapped_here(turn: Turn) -> list[Mapped]:
    """What this office mapped to topics of its regulation, in force from then on."""
    office = office_here(turn)
    found = await questions.mapped(turn.session, office.id, office.regulation_id)
    return [Mapped(row.mapped_topic, row.text) for row in found if row.mapped_topic]


async def keep_unanswered(turn: Turn, asked: str, result: Result) -> None:
    """Keep the question (names taken out) unless it was answered, is a courtesy or noise."""
    if isinstance(result, Answer) or not worth_keeping(asked):
        return
    if isinstance(result, Declined):
        await _keep(turn, asked, QuestionReason.DECLINED, result.topic)
    else:
        await _keep(turn, asked, QuestionReason.UNSURE, None)


async def keep_disliked(turn: Turn, asked: str, topic: str) -> None:
    """Keep the question whose answer, on `topic`, was called unfitting; once where the button cannot be taken away."""
    reason = QuestionReason.DISLIKED
    if not turn.abilities.edits and await questions.is_waiting(turn.session, office_here(turn).id, asked, reason):
        return
    await _keep(turn, asked, QuestionReason.DISLIKED, topic)


async def found_answer(turn: Turn, asked: str) -> None:
    """One of the suggestions was meant after all."""
    await questions.forget_one(turn.session, office_here(turn).id, asked, QuestionReason.UNSURE)


async def _keep(turn: Turn, asked: str, reason: QuestionReason, topic: str | None) -> None:
    office = office_here(turn)
    await questions.keep(turn.session, office.id, office.regulation_id, asked, reason, turn.answered_at, topic)
