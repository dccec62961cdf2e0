"""Votes are kept as numbers, and a quiz that went out as text shows its answer when asked."""

import pytest

from bot.channels.inbound import Chat, InboundMessage, Kind, Poll, Sender
from bot.conversations.posts.quiz import DIALOGUE
from content.message_catalog import catalog
from content.rendering import render
from scheduler import notices
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import Delivery, DeliveryState, Person, Quiz, Role, ScheduleKind
from storage.queries import group_chats, quizzes
from tests.posted import make_occurrence, make_schedule
from tests.story import Story, rows

PARAMETERS = catalog()["quiz/post"].parameters  # three options, of which the second is right
QUESTION = render("quiz/post", PARAMETERS).quiz.question


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def group(story):
    return await story.group()


@pytest.fixture
async def post(story, group):
    """The quiz as it stands in the group, as poll "p1"; its delivery id."""
    return await make_post(story, group, "p1")


async def make_post(story, group, poll_ref):
    """The quiz in a group; without a reference its answer was lost. Its delivery id."""
    occurrence_id = await make_occurrence(story, await make_schedule(story, ScheduleKind.QUIZ), ScheduleKind.QUIZ)
    async with story.database.transaction() as session:
        row = await enqueue(
            session,
            destination=Destination("telegram", group.chat_id),
            key="quiz/post",
            parameters=PARAMETERS,
            now=story.clock.now(),
            office_id=story.office_id,
            occurrence_id=occurrence_id,
            group_id=(await group_chats.in_topic(session, "telegram", group.chat_id, None)).id,
        )
        row = await session.get_one(Delivery, row.id)
        if poll_ref is None:
            row.state = DeliveryState.UNCERTAIN
            await notices.tell_uncertain(session, [row], story.clock.now())
        else:
            row.state, row.message_ref = DeliveryState.SENT, f"m{row.id}"
            await quizzes.keep(session, row, poll_ref)
        return row.id


async def told(story, ref, voters, votes, channel="telegram", question="Nilai apa?"):
    """The channel tells how a poll stands; what is then kept of all quizzes."""
    outcome = await story.feed(
        InboundMessage(
            channel=channel,
            update_id=story.next_update_id(),
            kind=Kind.VOTES,
            chat=Chat("", private=False),
            sender=Sender("", anonymous=True),
            at=story.clock.now(),
            poll=Poll(ref, question, voters, votes),
        )
    )
    assert outcome.toast is None
    return [(row.voters, row.correct) for row in await rows(story, Quiz)]


async def test_votes_are_kept_as_numbers_and_answered_with_nothing(story, post):
    assert await told(story, "p1", 3, (1, 2, 0)) == [(3, 2)]
    assert await told(story, "p1", 4, (1, 3, 0)) == [(4, 3)]
    assert await story.take_replies() == []
    assert await rows(story, Person) == []


@pytest.mark.parametrize(
    ("ref", "voters", "votes", "channel"),
    [
        ("p1", 3, (1, 2, 0), "telegram"),  # repeated
        ("p1", 2, (1, 1, 0), "telegram"),  # older
        ("p2", 9, (1, 8, 0), "telegram"),  # not ours, or the answer to our send was lost
        ("p1", 9, (1, 8, 0), "console"),
        ("p1", 9, (9,), "telegram"),  # fewer options than we asked
    ],
)
async def test_what_is_repeated_older_or_of_another_poll_changes_nothing(story, post, ref, voters, votes, channel):
    await told(story, "p1", 3, (1, 2, 0))
    assert await told(story, ref, voters, votes, channel) == [(3, 2)]


async def test_a_quiz_whose_answer_was_lost_is_known_to_stand_once_somebody_votes(story, group):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    post = await make_post(story, group, None)
    assert await told(story, "p7", 2, (0, 2, 0), question=QUESTION) == [(2, 2)]
    assert await told(story, "p7", 3, (0, 3, 0), question=QUESTION) == [(3, 3)]
    [row] = await rows(story, Delivery, Delivery.id == post)
    assert row.state is DeliveryState.SENT
    [notice] = await story.messages(secretary.user_id)
    assert notice.text.startswith("<b>Kiriman sudah pasti</b>")


async def test_which_of_two_lost_ones_it_is_nobody_guesses(story, group):
    other = await story.group("Grup UPTD", "-1002")
    posts = [await make_post(story, chat, None) for chat in (group, other)]
    assert await told(story, "p7", 2, (0, 2, 0), question=QUESTION) == []
    assert {row.state for row in await rows(story, Delivery, Delivery.id.in_(posts))} == {DeliveryState.UNCERTAIN}


async def test_the_answer_is_shown_in_place_of_the_question_to_whoever_asks_for_it(story, group, post):
    anybody = story.stranger("Anggota 1")
    await anybody.presses("Lihat jawaban", group)
    [shown] = await story.messages(group.chat_id)
    assert PARAMETERS["situation"] in shown.text
    assert "<b>Akuntabel</b> ✓" in shown.text
    assert PARAMETERS["explanation"] in shown.text
    assert shown.choices == ()


@pytest.mark.parametrize("reference", [None, "m999"])
async def test_a_forged_button_is_answered_with_nothing_but_a_toast(story, group, post, reference):
    anybody = story.stranger("Anggota 1")
    sent = await anybody.sends(group, kind=Kind.PRESS, text="quiz.answer", message_ref=reference, press_id="p")
    assert [message.quiz.question for message in sent if message.quiz] == [message.quiz.question for message in sent]
    assert anybody.outcome.toast
