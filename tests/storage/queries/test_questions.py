"""Questions are kept without their asker, decided once, and given back when a decision is undone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.models import Question, QuestionReason, QuestionState
from storage.queries import offices, questions

NOW = datetime(2026, 11, 30, tzinfo=UTC)
PACK = "karanganyar-44-2023"


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", PACK, "Asia/Jakarta", NOW)


async def _keep(session, office, *texts, reason=QuestionReason.DECLINED):
    for text in texts:
        await questions.keep(session, office.id, PACK, text, reason, NOW)
    return [row.id for row in await questions.waiting(session, office.id)]


async def _states(session):
    rows = await session.scalars(select(Question).order_by(Question.id).execution_options(populate_existing=True))
    return [(row.state, row.mapped_topic) for row in rows]


async def test_what_is_mapped_waits_no_longer_and_holds_for_its_regulation(session, office):
    first, second = await _keep(session, office, "boleh mudik?", "gaji kapan")
    assert await questions.decide(session, office.id, [first], "nilai/akuntabel/2", NOW) == 1
    assert [row.id for row in await questions.waiting(session, office.id)] == [second]
    assert [row.text for row in await questions.mapped(session, office.id, PACK)] == ["boleh mudik?"]
    assert await questions.mapped(session, office.id, "kupang-30-2025") == []


async def test_a_decision_is_taken_once(session, office):
    (only,) = await _keep(session, office, "boleh mudik?")
    await questions.decide(session, office.id, [only], "motto", NOW)
    assert await questions.decide(session, office.id, [only], "salam", NOW) == 0
    assert await _states(session) == [(QuestionState.MAPPED, "motto")]


async def test_undoing_gives_back_all_that_was_decided_together_and_nothing_else(session, office):
    first, second, third = await _keep(session, office, "satu", "dua", "tiga")
    await questions.decide(session, office.id, [first, second], "motto", NOW)
    await questions.decide(session, office.id, [third], None, NOW + timedelta(minutes=1))
    assert await questions.reopen(session, office.id, second) == 2
    assert await _states(session) == [
        (QuestionState.OPEN, None),
        (QuestionState.OPEN, None),
        (QuestionState.LEFT, None),
    ]
    assert await questions.reopen(session, office.id, second) == 0


async def test_another_offices_questions_are_out_of_reach(session, office):
    other = await offices.add_office(session, "Dinas Kesehatan", PACK, "Asia/Jakarta", NOW)
    (only,) = await _keep(session, office, "boleh mudik?")
    assert await questions.decide(session, other.id, [only], "motto", NOW) == 0
    await questions.decide(session, office.id, [only], "motto", NOW)
    assert await questions.reopen(session, other.id, only) == 0
    assert await questions.mapped(session, other.id) == []


async def test_one_that_found_its_answer_is_dropped_and_the_same_words_of_others_stay(session, office):
    first, *_ = await _keep(session, office, "sama", "sama", reason=QuestionReason.UNSURE)
    await _keep(session, office, "sama", reason=QuestionReason.DISLIKED)
    await questions.forget_one(session, office.id, "sama", QuestionReason.UNSURE)
    left = await questions.waiting(session, office.id)
    assert [row.reason for row in left] == [QuestionReason.UNSURE, QuestionReason.DISLIKED]
    assert left[0].id == first
    await questions.forget_one(session, office.id, "lain", QuestionReason.UNSURE)
    assert await questions.count_waiting(session, office.id) == 2
