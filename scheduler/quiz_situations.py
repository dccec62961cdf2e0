"""Which situation a quiz asks about: nothing that the office was asked before comes again before all was asked."""

from content.quiz import next_situation
from content.regulation import Regulation
from storage.queries import quizzes
from storage.transaction import Session


async def next_situations(session: Session, office_id: int, regulation: Regulation, count: int) -> list[str | None]:
    """The keys of the next so many; None each where the bank has nothing to ask under this regulation."""
    asked = await quizzes.asked(session, office_id)
    found: list[str | None] = []
    for _ in range(count):
        key = next_situation(regulation, asked, str(office_id))
        found.append(key)
        asked += [key] if key else []
    return found
