"""The buttons under a post: the tap is the log entry."""

from datetime import date, timedelta

import pytest

from bot.channels.inbound import Attachment, Kind
from bot.conversations.posts.confirmations import DIALOGUE
from scheduler import notices
from storage.models import Confirmation, Delivery, DeliveryState, Evidence, Member, OccurrenceState, Role, ScheduleKind
from storage.queries import group_chats
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story, rows


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    story.clock.advance(timedelta(minutes=41))  # 07.41 WIB
    return story


@pytest.fixture
async def group(story):
    return await story.group()


async def posted(story, group, kind=ScheduleKind.READING, **details):
    schedule_id = await make_schedule(story, kind)
    occurrence_id = await make_occurrence(story, schedule_id, kind, **details)
    await post(story, occurrence_id, group, kind)
    return occurrence_id


async def shown(story, group):
    return (await story.messages(group.chat_id))[-1]


def labels(message):
    return [choice.label for line in message.choices for choice in line]


async def test_the_first_tap_is_the_log_entry_and_stands_under_the_post(story, group):
    occurrence_id = await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    assert "pembacaan tercatat" in member.outcome.toast
    message = await shown(story, group)
    assert message.text.endswith("<b>✓ Sudah dibacakan</b> · Anggota 1 · 07.41 WIB")
    assert message.text.startswith("<b>Apel pagi</b>\nSIAP &amp; tertib")
    assert message.choices[0][0].action == f"undo.reading:{occurrence_id}"
    (entry,) = await rows(story, Confirmation)
    assert (entry.subject, entry.day, entry.afterwards) == (f"reading:{occurrence_id}", date(2026, 11, 30), False)


async def test_the_second_tapper_hears_who_was_first(story, group):
    occurrence_id = await posted(story, group)
    first = await story.person("Anggota 1", Role.ANGGOTA)
    second = await story.person("Anggota 2", Role.ANGGOTA)
    reference, action = await story.message_ref(group.chat_id, "Sudah dibacakan")
    await first.presses("Sudah dibacakan", group)
    story.clock.advance(timedelta(seconds=30))
    await second.sends(group, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert second.outcome.toast == "Sudah dicatat oleh Anggota 1, 07.41 WIB."
    assert [entry.occurrence_id for entry in await rows(story, Confirmation)] == [occurrence_id]


async def test_a_hostile_name_is_harmless_under_the_post_and_plain_over_it(story, group):
    await posted(story, group)
    first = await story.person("<b>A & B", Role.ANGGOTA)
    second = await story.person("Anggota 2", Role.ANGGOTA)
    reference, action = await story.message_ref(group.chat_id, "Sudah dibacakan")
    await first.presses("Sudah dibacakan", group)
    assert "· &lt;b&gt;A &amp; B ·" in (await shown(story, group)).text
    await second.sends(group, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert second.outcome.toast == "Sudah dicatat oleh <b>A & B, 07.41 WIB."


async def test_pressing_twice_is_one_entry(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    reference, action = await story.message_ref(group.chat_id, "Sudah dibacakan")
    for _ in range(2):
        await member.sends(group, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert len(await rows(story, Confirmation)) == 1


async def test_the_tapper_takes_it_back_within_ten_minutes(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    story.clock.advance(timedelta(minutes=10))
    await member.presses("Batalkan (10 menit)", group)
    assert member.outcome.toast == "Dibatalkan."
    assert await rows(story, Confirmation) == []
    assert labels(await shown(story, group)) == ["Sudah dibacakan"]


async def test_after_ten_minutes_it_stays(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    story.clock.advance(timedelta(minutes=10, seconds=1))
    await member.presses("Batalkan (10 menit)", group)
    assert "lebih dari 10 menit" in member.outcome.toast
    assert "hubungi sekretaris" in member.outcome.toast
    assert len(await rows(story, Confirmation)) == 1


async def test_nobody_else_takes_it_back(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    other = await story.person("Sekretaris", Role.SEKRETARIS)
    await member.presses("Sudah dibacakan", group)
    await other.presses("Batalkan (10 menit)", group)
    assert "Hanya yang menekan" in other.outcome.toast
    assert len(await rows(story, Confirmation)) == 1


async def test_an_outsider_is_told_how_to_join_and_not_counted(story, group):
    await posted(story, group)
    guest = await story.person("Tamu")
    await guest.presses("Sudah dibacakan", group)
    assert "tautan undangan" in guest.outcome.toast
    assert await rows(story, Confirmation) == []


async def test_a_member_of_another_office_is_not_counted(story, group):
    await posted(story, group)
    await story.open_office("Dinas Sosial")
    stranger = await story.person("Anggota 9", Role.ANGGOTA)
    await stranger.presses("Sudah dibacakan", group)
    assert "kantor lain" in stranger.outcome.toast
    assert await rows(story, Confirmation) == []


async def test_somebody_who_left_the_roster_is_not_counted(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    async with story.database.transaction() as session:
        (await session.get_one(Member, 1)).left_at = story.clock.now()
    await member.presses("Sudah dibacakan", group)
    assert "belum terdaftar" in member.outcome.toast
    assert await rows(story, Confirmation) == []


@pytest.mark.parametrize(
    "action", ["done.reading:999", "done.reading:x", "done.reading", "done.meeting:1", "undo.reading:9"]
)
async def test_a_forged_button_does_nothing(story, group, action):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.sends(group, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
    assert member.outcome.toast == "Pilihan ini sudah tidak berlaku."
    assert await rows(story, Confirmation) == []


async def test_what_was_not_posted_yet_cannot_be_confirmed(story, group):
    await posted(story, group, state=OccurrenceState.PLANNED)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    assert await rows(story, Confirmation) == []


async def test_every_group_that_got_the_post_sees_who_confirmed(story, group):
    occurrence_id = await posted(story, group)
    other = await story.group("Grup Bidang", "-1002")
    await post(story, occurrence_id, other)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    for chat in (group, other):
        assert "✓ Sudah dibacakan" in (await shown(story, chat)).text


async def test_a_tap_settles_a_post_whose_answer_was_lost(story, group):
    occurrence_id = await make_occurrence(story, await make_schedule(story))
    delivery_id = await post(story, occurrence_id, group, state=DeliveryState.UNCERTAIN)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.sends(group, kind=Kind.PRESS, text=f"done.reading:{occurrence_id}", message_ref="55", press_id="p")
    row = next(row for row in await rows(story, Delivery) if row.id == delivery_id)
    assert (row.state, row.message_ref) == (DeliveryState.SENT, "55")
    assert "✓ Sudah dibacakan" in (await shown(story, group)).text


async def test_even_an_outsider_s_tap_proves_the_post(story, group):
    occurrence_id = await make_occurrence(story, await make_schedule(story))
    await post(story, occurrence_id, group, state=DeliveryState.UNCERTAIN)
    await story.open_office("Dinas Sosial")
    stranger = await story.person("Anggota 9", Role.ANGGOTA)
    await stranger.sends(group, kind=Kind.PRESS, text=f"done.reading:{occurrence_id}", message_ref="55", press_id="p")
    (row,) = await rows(story, Delivery)
    assert row.state is DeliveryState.SENT


async def uncertain(story, group):
    """A reading whose answer was lost; its id."""
    occurrence_id = await make_occurrence(story, await make_schedule(story))
    await post(story, occurrence_id, group, state=DeliveryState.UNCERTAIN)
    return occurrence_id


async def test_a_tap_by_somebody_of_no_office_proves_the_post_and_is_not_counted(story, group):
    occurrence_id = await uncertain(story, group)
    guest = await story.person("Tamu")
    await guest.sends(group, kind=Kind.PRESS, text=f"done.reading:{occurrence_id}", message_ref="55", press_id="p")
    assert "tautan undangan" in guest.outcome.toast
    (row,) = await rows(story, Delivery)
    assert (row.state, row.message_ref) == (DeliveryState.SENT, "55")
    assert await rows(story, Confirmation) == []


async def test_once_settled_the_secretary_s_notice_says_so(story, group):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    occurrence_id = await uncertain(story, group)
    async with story.database.transaction() as session:
        row = await session.get_one(Delivery, 1)
        found = await group_chats.in_topic(session, "telegram", group.chat_id, None)
        row.group_id = found.id
        await session.flush()
        await notices.tell_uncertain(session, [row], story.clock.now())
    await story.take_replies()
    guest = await story.person("Tamu")
    await guest.sends(group, kind=Kind.PRESS, text=f"done.reading:{occurrence_id}", message_ref="55", press_id="p")
    (notice,) = await story.messages(secretary.user_id)
    assert "ternyata sudah tampil di grup" in notice.text
    assert labels(notice) == []


async def test_a_photo_in_reply_settles_a_post_whose_answer_was_lost(story, group):
    occurrence_id = await uncertain(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    buttons = (f"done.reading:{occurrence_id}",)
    (thanks,) = await member.shows("photo-1", chat=group, reply_to="55", reply_to_buttons=buttons)
    assert "bukti <b>Apel pagi</b>" in thanks.text
    row = (await rows(story, Delivery))[0]
    assert (row.state, row.message_ref) == (DeliveryState.SENT, "55")
    assert [item.occurrence_id for item in await rows(story, Evidence)] == [occurrence_id]


@pytest.mark.parametrize("button", ["done.meeting:1", "done.reading:999", "done.reading:x", "siar.stop:1", ""])
async def test_a_photo_in_reply_to_another_button_settles_nothing(story, group, button):
    await uncertain(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.shows("photo-1", chat=group, reply_to="55", reply_to_buttons=(button,)) == []
    assert (await rows(story, Delivery))[0].state is DeliveryState.UNCERTAIN


async def test_a_forged_press_under_another_message_of_ours_settles_nothing(story, group):
    occurrence_id = await uncertain(story, group)
    other = await posted(story, group, slot="other")
    guest = await story.person("Tamu")
    await guest.sends(group, kind=Kind.PRESS, text=f"done.reading:{occurrence_id}", message_ref="m2", press_id="p")
    states = {row.occurrence_id: row.state for row in await rows(story, Delivery)}
    assert states == {occurrence_id: DeliveryState.UNCERTAIN, other: DeliveryState.SENT}


async def test_a_meeting_is_opened_by_its_own_button(story, group):
    await posted(story, group, ScheduleKind.MEETING)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Rapat dibuka", group)
    assert "✓ Rapat dibuka</b> · Anggota 1" in (await shown(story, group)).text


async def test_a_twibbon_counts_each_person_once_and_shows_how_many(story, group):
    await posted(story, group, ScheduleKind.TWIBBON)
    members = [await story.person(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2)]
    for member in (*members, members[0]):
        await member.presses("Sudah pasang", group)
    assert members[0].outcome.toast == "Anda sudah tercatat. Terima kasih."
    assert len(await rows(story, Confirmation)) == 2
    message = await shown(story, group)
    assert "Sudah pasang: 2 orang" in message.text
    assert labels(message) == ["Sudah pasang", "Batalkan (10 menit)"]
    await members[1].presses("Batalkan (10 menit)", group)
    assert "Sudah pasang: 1 orang" in (await shown(story, group)).text
    await members[1].presses("Batalkan (10 menit)", group)
    assert "Tidak ada catatan Anda" in members[1].outcome.toast


async def test_eve_and_day_of_a_twibbon_count_together(story, group):
    schedule_id = await make_schedule(story, ScheduleKind.TWIBBON)
    for slot in ("2026-12-17/eve", "2026-12-17"):
        occurrence_id = await make_occurrence(
            story, schedule_id, ScheduleKind.TWIBBON, day=date(2026, 12, 17), slot=slot
        )
        await post(story, occurrence_id, group, ScheduleKind.TWIBBON)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    for number in (1, 2):
        await member.sends(
            group, kind=Kind.PRESS, text=f"done.twibbon:{number}", message_ref=f"m{number}", press_id="p"
        )
    (entry,) = await rows(story, Confirmation)
    assert entry.subject == f"twibbon:{schedule_id}:2026-12-17"


async def test_a_tap_on_another_day_says_which(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    story.clock.advance(timedelta(days=1))
    await member.presses("Sudah dibacakan", group)
    assert "Selasa, 1 Desember 2026 pukul 07.41 WIB" in (await shown(story, group)).text


async def test_a_photo_in_reply_to_the_post_is_its_evidence(story, group):
    occurrence_id = await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (thanks,) = await member.shows("photo-1", chat=group, reply_to="m1")
    assert "bukti <b>Apel pagi</b>, Senin, 30 November 2026" in thanks.text
    assert await member.shows("photo-2", chat=group, reply_to="m1", album="a") == []
    found = [(item.occurrence_id, item.reference) for item in await rows(story, Evidence)]
    assert found == [(occurrence_id, "photo-1"), (occurrence_id, "photo-2")]


async def test_a_file_in_reply_after_the_tap_is_its_evidence(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.presses("Sudah dibacakan", group)
    await member.sends(group, kind=Kind.FILE, attachment=Attachment("f", name="daftar hadir.pdf"), reply_to="m1")
    assert [item.name for item in await rows(story, Evidence)] == ["daftar hadir.pdf"]


async def test_a_photo_by_an_outsider_is_not_kept(story, group):
    await posted(story, group)
    guest = await story.person("Tamu")
    (answer,) = await guest.shows("photo-1", chat=group, reply_to="m1")
    assert "pegawai yang terdaftar" in answer.text
    assert await rows(story, Evidence) == []


async def test_a_photo_in_reply_to_something_else_is_not_our_concern(story, group):
    await posted(story, group)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.shows("photo-1", chat=group, reply_to="m99") == []
    assert await rows(story, Evidence) == []
