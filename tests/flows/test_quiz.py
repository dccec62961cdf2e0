"""A quiz from the secretary's wish to Friday's summary, over the wire."""

from sqlalchemy import select

from content.quiz import situations_of
from storage.models import DeliveryState, Quiz, Role
from tests.fakes import telegram_faults as faults

WEDNESDAY = "2026-11-18T10:00+07:00"


async def wishes_for_a_quiz(office):
    await office.says(office.secretary, "/jadwal")
    for label in ("Tambah jadwal", "Kuis", "Setiap Rabu 10.00", "Simpan"):
        await office.presses(office.secretary, label)


def polls(office):
    return [message for message in office.server.messages(office.group) if message.poll]


async def kept(office):
    async with office.database.transaction() as session:
        return [(row.voters, row.correct) for row in await session.scalars(select(Quiz))]


async def test_a_group_votes_without_names_and_the_leads_read_how_many_were_right(office):
    lead = await office.joins(31, "Ketua Tim", Role.KETUA)
    await wishes_for_a_quiz(office)
    await office.clock_to(WEDNESDAY)
    [post] = polls(office)
    asked = {situation.text for situation in situations_of(office.regulations["karanganyar-44-2023"]).values()}
    assert any(text in post.poll.question for text in asked)
    right, wrong = post.poll.options[post.poll.right[0]], post.poll.options[post.poll.right[0] - 1]
    for number, option in enumerate((right, wrong, right)):
        office.server.person(50 + number, f"Pegawai {number}").votes(post, option)
    await office.settle()
    assert await kept(office) == [(3, 2)]
    await office.kill_and_restart()
    await office.clock_to("2026-11-20T15:31+07:00")
    assert "Kuis\n1 grup, 3 jawaban, 66% tepat" in office.text(lead)
    assert len(polls(office)) == 1


async def test_repeated_and_late_news_of_votes_lowers_nothing(office):
    await wishes_for_a_quiz(office)
    await office.clock_to(WEDNESDAY)
    [post] = polls(office)
    right = post.poll.options[post.poll.right[0]]
    before = post.poll.as_update_part()
    for person in (office.secretary, office.member):
        person.votes(post, right)
    await office.settle()
    for state in (before, post.poll.as_update_part(), before):
        office.server.push("poll", state)
    await office.settle()
    assert await kept(office) == [(2, 2)]


async def test_a_quiz_whose_answer_was_lost_is_told_to_the_secretary_and_not_repeated(office):
    await wishes_for_a_quiz(office)
    office.server.next_call(faults.lost_answer(), method="sendPoll")
    await office.clock_to(WEDNESDAY)
    await office.kill_and_restart()
    assert len(polls(office)) == 1
    assert (await office.posts(office.group))[-1].state is DeliveryState.UNCERTAIN
    assert "Kiriman tidak pasti" in office.text(office.secretary)


async def test_a_group_without_polls_asks_for_the_answer_by_a_button(office):
    office.group.state.allows_polls = False
    await wishes_for_a_quiz(office)
    await office.clock_to(WEDNESDAY)
    assert polls(office) == []
    post = await office.presses(office.member, "Lihat jawaban", office.group)
    assert "✓" in post.text
    assert post.labels == []
