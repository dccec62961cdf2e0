"""`/ringkasan` for those who may see it."""

import pytest

from bot.channels.inbound import Kind
from bot.conversations.show_summary import DIALOGUE
from storage.models import Role
from tests.story import Story

THIS_WEEK = "Senin, 30 November 2026 s.d. Minggu, 6 Desember 2026"
LAST_WEEK = "Senin, 23 November 2026 s.d. Minggu, 29 November 2026"


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def lead(story):
    return await story.person("Ketua", Role.KETUA)


@pytest.mark.parametrize(
    ("typed", "week"),
    [
        ("", THIS_WEEK),
        ("minggu ini", THIS_WEEK),
        ("minggu lalu", LAST_WEEK),
        ("25 November 2026", LAST_WEEK),
        ("minggu yang lalu", LAST_WEEK),
        ("kemarin", LAST_WEEK),
        ("23-27 November 2026", LAST_WEEK),
    ],
)
async def test_this_week_last_week_or_a_given_week(lead, typed, week):
    (summary,) = await lead.says(f"/ringkasan {typed}".strip())
    assert week in summary.text


@pytest.mark.parametrize("typed", ["kapan-kapan", "minggu depan", "bulan lalu", "<b>"])
async def test_anything_else_is_refused_with_examples(lead, typed):
    (answer,) = await lead.says(f"/ringkasan {typed}")
    assert "<code>/ringkasan minggu lalu</code>" in answer.text


async def test_the_weeks_are_leafed_through_in_one_message(lead, story):
    (summary,) = await lead.says("/ringkasan")
    assert [choice.label for line in summary.choices for choice in line] == ["‹ Minggu sebelumnya"]
    (summary,) = await lead.presses("‹ Minggu sebelumnya")
    assert LAST_WEEK in summary.text
    (summary,) = await lead.presses("Minggu berikutnya ›")
    assert THIS_WEEK in summary.text
    assert len(await story.messages(lead.user_id)) == 1


@pytest.mark.parametrize(
    "action", ["summary.week", "summary.week:x", "summary.week:2027-01-04", "summary.week:0001-01-01"]
)
async def test_a_forged_button_does_nothing(lead, action):
    assert await lead.sends(lead.private, kind=Kind.PRESS, text=action, message_ref="m", press_id="p") == []
    assert "tidak berlaku" in lead.outcome.toast


async def test_a_member_may_not(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says("/ringkasan")
    assert "tidak termasuk kewenangan Anda" in answer.text
