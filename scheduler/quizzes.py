"""What a weekly quiz says: the situation that its occurrence was given, with the values to choose from."""

from content.quiz import quiz_parameters, situations_of
from scheduler.message_parameters import Posting, Wording
from scheduler.quiz_situations import next_situations


async def quiz(posting: Posting) -> Wording:
    """The situation of the occurrence; another one where the bank has it no more, or never had.

    Raises:
        LookupError: the bank has nothing to ask under this regulation.
    """
    regulation, occurrence = posting.regulation, posting.occurrence
    situations = situations_of(regulation)
    if occurrence.focus not in situations:
        [occurrence.focus] = await next_situations(posting.session, posting.office.id, regulation, 1)
    if occurrence.focus is None:
        raise LookupError(f"no situation for {regulation.id}")
    parameters = quiz_parameters(regulation, situations[occurrence.focus])
    return Wording("quiz/post", parameters | {"title": posting.schedule.title, "key": occurrence.focus})
