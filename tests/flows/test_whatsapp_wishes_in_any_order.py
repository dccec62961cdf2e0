"""Meta posts in any order and repeats: of what somebody wishes the word that was said last counts, and when it was said."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.models import AuditEntry, Role, ScheduleKind

SECOND = timedelta(seconds=1)


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def member(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.clock.advance(timedelta(minutes=1))
    return member


def second_of(instant):
    return instant.replace(microsecond=0)


async def hears(town, person, *said, order, apart=SECOND):
    """What somebody says, so far apart, is posted a while later, one by one in this order, and each answered at once.

    Returns when each was said, and all answers.
    """
    before, at = len(town.server.messages(person)), []
    for words in said:
        town.clock.advance(apart)
        at.append(second_of(town.clock.now()))
        person.says(words)
    posts = town.server.pending[:]
    town.clock.advance(timedelta(minutes=5))
    for number in order:
        town.server.pending[:] = [posts[number]]
        await town.settle()
    return at, [answer.text for answer in town.server.messages(person)[before:]]


async def wishes(town, person):
    (found,) = [(one.opted_in_at, one.opted_out_at) for one in await town.addresses() if one.user_id == person.user_id]
    return found


async def test_a_stop_that_comes_behind_a_later_wish_to_go_on_stops_nothing(town, member):
    await town.pushes_to_persons(ScheduleKind.READING)
    (_, resumed), answers = await hears(town, member, "BERHENTI", "MULAI", order=[1, 0])
    assert await wishes(town, member) == (resumed, None)
    assert len([text for text in answers if "Pengiriman aktif" in text]) == 2, answers
    await town.clock_to("2026-11-18T07:31+07:00")
    assert "*Fokus hari ini" in town.server.messages(member)[-1].text


async def test_a_wish_to_go_on_that_comes_behind_a_later_stop_changes_nothing(town, member):
    await town.pushes_to_persons(ScheduleKind.READING)
    (agreed, stopped), answers = await hears(town, member, "MULAI", "BERHENTI", order=[1, 0])
    assert await wishes(town, member) == (agreed, stopped)
    assert ["Pengiriman dihentikan" in text for text in answers] == [True, True]
    await town.clock_to("2026-11-18T07:31+07:00")
    assert "Pengiriman dihentikan" in town.server.messages(member)[-1].text


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [0, 2, 1, 0, 2]])
async def test_of_three_wishes_in_any_order_and_repeated_the_last_one_holds_as_of_when_it_was_said(town, member, order):
    at, _ = await hears(town, member, "BERHENTI", "MULAI", "BERHENTI", order=order)
    assert await wishes(town, member) == (at[1], at[2])


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
@pytest.mark.parametrize("said", [("BERHENTI", "MULAI"), ("MULAI", "BERHENTI")])
async def test_of_two_wishes_in_the_same_second_the_stop_holds_and_both_are_told_so(town, member, said, order):
    town.clock.move_to(second_of(town.clock.now()) + SECOND)
    at, answers = await hears(town, member, *said, order=order, apart=timedelta(0))
    assert (await wishes(town, member))[1] == at[0]
    assert "Pengiriman dihentikan" in answers[-1]


async def test_a_stop_that_was_said_before_joining_does_not_undo_it(town):
    guest = town.server.person("Anggota 1")
    code = await town.invites(Role.ANGGOTA)
    (_, joined), answers = await hears(town, guest, "BERHENTI", f"Gabung {code}", order=[1, 0])
    assert await wishes(town, guest) == (joined, None)
    assert "Pengiriman aktif" in answers[-1]
    async with town.database.transaction() as session:
        given = select(AuditEntry.at).where(AuditEntry.act == "consent.given")
        assert (await session.scalars(given)).all() == [joined]


async def test_joining_that_was_said_before_a_stop_does_not_undo_it(town):
    guest = town.server.person("Anggota 1")
    code = await town.invites(Role.ANGGOTA)
    (joined, stopped), answers = await hears(town, guest, f"Gabung {code}", "BERHENTI", order=[1, 0])
    assert await wishes(town, guest) == (joined, stopped)
    assert "sudah bergabung" in answers[-1]
    assert "aktif lagi" not in answers[-1]


async def test_a_strangers_older_wish_to_be_written_to_does_not_undo_a_stop(town):
    guest = town.server.person("Anggota 1")
    (_, stopped), _ = await hears(town, guest, "MULAI", "BERHENTI", order=[1, 0])
    assert await wishes(town, guest) == (None, stopped)


async def test_that_meta_was_told_to_stop_does_not_undo_what_was_agreed_to_after_the_message_left(town, member):
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:30:05+07:00")
    push = town.server.messages(member)[-1]
    (resumed,), _ = await hears(town, member, "MULAI", order=[0])
    town.server.tells(push, "failed", 131050)
    await town.settle()
    assert await wishes(town, member) == (resumed, None)


async def test_that_meta_was_told_to_stop_is_a_stop_from_when_the_message_left(town, member):
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:30:05+07:00")
    town.server.tells(town.server.messages(member)[-1], "failed", 131050)
    await town.settle()
    (push,) = [row for row in await town.ledger() if row.message_key == "reading/post"]
    assert (await wishes(town, member))[1] == push.sending_at
