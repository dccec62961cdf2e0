"""Meta posts in any order and repeats: an open form is for what was said after what it took in, in the order it was said."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from storage.models import Conversation, Role

SECOND = timedelta(seconds=1)
LATE = "baru saya terima"


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def member(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.clock.advance(timedelta(minutes=1))
    return member


def held_back(town):
    """What was said and not yet posted is posted by nobody until it is put back."""
    posts = town.server.pending[:]
    town.server.pending.clear()
    return posts


async def posted(town, person, *posts, **how):
    """What the bot says to these posts."""
    before = len(town.server.messages(person))
    town.server.pending[:] = posts
    await town.settle(**how)
    return [answer.text for answer in town.server.messages(person)[before:]]


async def form_of(town):
    async with town.database.transaction() as session:
        return [(form.dialogue, form.data) for form in await session.scalars(select(Conversation))]


async def asked_for_words(town, member):
    """A report is open and waits for what was done."""
    await town.says(member, "lapor")
    await town.taps(member, "Akuntabel")
    (question,) = await town.taps(member, "1")
    assert "Apa yang Anda lakukan?" in question.text


async def says_late(town, member, *said):
    """Said two minutes before the form was opened, and posted after it."""
    for words in said:
        member.says(words)
    posts = held_back(town)
    town.clock.advance(timedelta(minutes=2))
    await asked_for_words(town, member)
    before = await form_of(town)
    answers = await posted(town, member, *posts, *posts)
    assert await form_of(town) == before
    return answers


@pytest.mark.parametrize("said", ["batal", "lapor", "1", "/batal", "lapor akuntabel 2: SPJ"])
async def test_what_was_said_before_the_form_neither_fills_nor_ends_it_and_is_told_so_once(town, member, said):
    (answer,) = await says_late(town, member, said)
    assert LATE in answer
    assert said.partition(" ")[0].strip("/") in answer
    (question,) = await town.says(member, "SPJ selesai")
    assert "Adakah permasalahan" in question.text


@pytest.mark.parametrize(
    ("said", "answer"), [("kapan apel pagi", "Pada saat apel pagi"), ("bantuan", "Anda terdaftar")]
)
async def test_a_question_said_before_the_form_is_answered_beside_it(town, member, said, answer):
    (answered,) = await says_late(town, member, said)
    assert answer in answered
    (question,) = await town.says(member, "SPJ selesai")
    assert "Adakah permasalahan" in question.text


async def test_what_may_be_a_question_is_answered_and_told_that_it_is_not_in_the_form(town, member):
    (answer,) = await says_late(town, member, "Akuntabel 2: menyusun SPJ")
    assert answer.index(LATE) < answer.index("Panduan perilaku nomor 2")


async def test_a_stop_said_before_the_form_stops_what_is_sent_and_leaves_the_form(town, member):
    said_at = town.clock.now().replace(microsecond=0)
    await says_late(town, member, "BERHENTI")
    assert [one.opted_out_at for one in await town.addresses()] == [said_at]


async def test_a_photo_sent_before_the_form_is_no_evidence_in_it(town, member):
    member.sends_photo()
    posts = held_back(town)
    town.clock.advance(timedelta(minutes=2))
    await asked_for_words(town, member)
    before = await form_of(town)
    (answer,) = await posted(town, member, *posts)
    assert LATE in answer
    assert await form_of(town) == before


async def test_photos_sent_since_the_form_was_opened_are_all_evidence_whichever_is_posted_first(town, member):
    await town.says(member, "lapor akuntabel 2: menyusun SPJ tepat waktu")
    for _ in range(3):
        town.clock.advance(SECOND)
        member.sends_photo()
    for post in reversed(held_back(town)):
        await posted(town, member, post)
    ((_, form),) = await form_of(town)
    assert len(form["evidence"]) == 3


async def test_a_word_said_between_two_answers_and_posted_behind_them_changes_nothing(town, member):
    await asked_for_words(town, member)
    town.clock.advance(SECOND)
    member.says("batal")
    posts = held_back(town)
    town.clock.advance(SECOND)
    await town.says(member, "SPJ selesai")
    before = await form_of(town)
    (answer,) = await posted(town, member, *posts)
    assert LATE in answer
    assert await form_of(town) == before


@pytest.mark.parametrize("order", [*permutations(range(3)), (2, 1, 0, 2, 0, 1)])
@pytest.mark.parametrize("batch", [1, 6])
async def test_answers_that_wait_together_are_taken_as_they_were_said(town, member, order, batch):
    await asked_for_words(town, member)
    for words in ("SPJ selesai", "listrik padam", "memakai genset"):
        town.clock.advance(SECOND)
        member.says(words)
    posts = held_back(town)
    await posted(town, member, *(posts[place] for place in order), batch=batch)
    ((_, form),) = await form_of(town)
    assert (form["text"], form["problem"], form["remedy"]) == ("SPJ selesai", "listrik padam", "memakai genset")


async def test_a_form_and_its_answers_that_wait_together_in_reverse_are_as_they_were_said(town, member):
    other = await town.joins("Anggota 2", Role.ANGGOTA)
    for words in ("lapor", "akuntabel", "2", "SPJ selesai"):
        town.clock.advance(SECOND)
        member.says(words)
        other.says("bantuan")
    before = len(town.server.messages(other))
    await posted(town, member, *reversed(held_back(town)))
    ((_, form),) = await form_of(town)
    assert (form["value"], form["behaviour"], form["text"]) == ("akuntabel", 2, "SPJ selesai")
    assert len(town.server.messages(other)) == before + 4


async def test_in_the_same_second_what_came_first_was_said_first(town, member):
    await asked_for_words(town, member)
    town.clock.move_to((town.clock.now() + SECOND).replace(microsecond=0))
    member.says("SPJ selesai")
    member.says("listrik padam")
    said, then = held_back(town)
    await posted(town, member, said)
    await posted(town, member, then)
    ((_, form),) = await form_of(town)
    assert (form["text"], form["problem"]) == ("SPJ selesai", "listrik padam")


async def test_a_clock_of_ours_that_goes_wrong_makes_nothing_late(town, member):
    member.says("lapor akuntabel 2: menyusun SPJ")
    opening = held_back(town)
    town.clock.advance(SECOND)
    member.says("batal")
    ending = held_back(town)
    town.clock.advance(timedelta(hours=2))
    await posted(town, member, *opening)
    (answer,) = await posted(town, member, *ending)
    assert "Isian laporan dibatalkan" in answer
    assert await form_of(town) == []
