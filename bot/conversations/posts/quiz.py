"""Under a quiz: how many answered, as the channel counts them, and the answer where the channel has no polls."""

from bot.channels.inbound import Kind, Poll
from bot.conversations.step import EXPIRED, Dialogue, Event, Press, Reply, Step, Turn
from scheduler import delivery_queue, notices
from scheduler.sender import SendReceipt
from storage.models import Delivery
from storage.queries import deliveries, quizzes

_SHOWN = ("title", "situation", "options", "right", "explanation")


async def _voted(turn: Turn) -> Step:
    """Counts, never persons: the poll is anonymous. What is older than what we know changes nothing."""
    poll = turn.inbound.poll
    post = await _post_of(turn, poll) if poll else None
    right = post.parameters.get("right") if post else None
    if poll is not None and post is not None and isinstance(right, int) and right < len(poll.votes):
        await quizzes.count(turn.session, post.id, poll.voters, poll.votes[right], turn.answered_at)
    return Step(keep=True)


async def _post_of(turn: Turn, poll: Poll) -> Delivery | None:
    """The post that is this poll. A poll that nobody knows may be the one quiz whose answer was lost: it stands."""
    channel = turn.inbound.channel
    known = await quizzes.delivery_of_poll(turn.session, channel, poll.ref)
    if known is not None:
        return known
    lost = [row for row in await quizzes.uncertain(turn.session, channel) if _asks(row, poll.question)]
    if len(lost) != 1:  # of several groups with the same quiz nobody can tell which one it is
        return None
    [post] = lost
    await delivery_queue.mark_sent(turn.session, post, SendReceipt(None, poll_ref=poll.ref), turn.answered_at)
    await quizzes.keep(turn.session, post, poll.ref)
    await notices.tell_settled(turn.session, post, turn.answered_at)
    return post


def _asks(row: Delivery, question: str) -> bool:
    quiz = delivery_queue.message_of(row).quiz
    return quiz is not None and quiz.question == question


async def _answer(turn: Turn) -> Step:
    """`quiz.answer`: the post under which it was pressed shows its answer from now on."""
    message = turn.inbound
    found = None
    if message.message_ref is not None:
        found = await deliveries.find_by_message(
            turn.session, message.channel, message.chat.chat_id, message.message_ref
        )
    post = await deliveries.find(turn.session, found) if found is not None else None
    if post is None or post.message_key != quizzes.POST or any(name not in post.parameters for name in _SHOWN):
        return EXPIRED
    parameters = {name: post.parameters[name] for name in _SHOWN}
    return Step(replies=(Reply("quiz/answer", parameters, edits_pressed=True),), keep=True)


DIALOGUE = Dialogue(
    name="quiz",
    presses=(Press("quiz.answer", _answer, None),),
    events=(Event(Kind.VOTES, _voted),),
)
