"""Members who get a push one by one: offered where there are any, read back with the most that it may cost."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from bot.channels.whatsapp import ABILITIES, CHANNEL
from bot.conversations.schedules import add, broadcast, broadcast_progress, change, meeting, show
from scheduler import abilities
from scheduler.charges import Prices
from storage.models import (
    Delivery,
    GroupChat,
    GroupState,
    Member,
    MessageTemplate,
    Person,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from tests.bot.conversations.office_story import labels, link, open_story, post_due, press, schedule_of
from tests.story import acts, rows

DIALOGUES = [module.DIALOGUE for module in (show, change, add, broadcast, broadcast_progress, meeting)]
PRICES = Prices("IDR", {"utility": Decimal("357.5"), "marketing": Decimal(586), "service": Decimal(100)})
COST = "Perkiraan biaya: paling banyak"


@pytest.fixture
async def story(database):
    story = await open_story(database, DIALOGUES)
    story.prices[CHANNEL] = PRICES
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def add_members(story, count, heard_at: datetime | None = None, *, on_telegram=False):
    """So many members on WhatsApp, who last wrote then."""
    there = len(await rows(story, PersonAddress, PersonAddress.channel == CHANNEL))
    now = story.clock.now()
    async with story.database.transaction() as session:
        for number in range(there, there + count):
            person = Person(name=f"Anggota {number}", created_at=now)
            session.add(person)
            await session.flush()
            chats = {CHANNEL: f"p{number}"} | ({"telegram": f"t{number}"} if on_telegram else {})
            for channel, chat in chats.items():
                of_channel = {"last_inbound_at": heard_at} if channel == CHANNEL else {}
                session.add(
                    PersonAddress(person_id=person.id, channel=channel, user_id=chat, chat_id=chat, **of_channel)
                )
            session.add(Member(office_id=story.office_id, person_id=person.id, name=person.name, created_at=now))


async def reading(story):
    return await schedule_of(story, ScheduleKind.READING)


async def open_reading(secretary):
    """Where the reading goes."""
    await secretary.says("/jadwal")
    await secretary.presses("Apel pagi")
    return (await secretary.presses("Tujuan"))[0]


# a schedule


async def test_the_side_is_offered_only_where_there_are_such_members(story, secretary):
    assert "Anggota di WhatsApp" not in labels(await open_reading(secretary))
    await press(secretary, f"sched.ask:{(await reading(story)).id}:persons")
    assert secretary.outcome.toast == "Jadwal ini tidak dapat dibuka."
    await add_members(story, 1)
    assert "Anggota di WhatsApp" in labels(await open_reading(secretary))


async def test_a_schedule_without_a_group_runs_once_it_goes_to_members_and_waits_again_without(story, secretary):
    await add_members(story, 12)
    await open_reading(secretary)
    (asked,) = await secretary.presses("Anggota di WhatsApp")
    assert "(12 orang)" in asked.text
    assert "Sekarang: <b>tidak dikirim</b>" in asked.text
    (shown,) = await secretary.presses("Kirim ke anggota")
    assert "Anggota di WhatsApp: <b>12 orang</b>, satu per satu secara pribadi" in shown.text
    assert "Perkiraan biaya setiap kali kirim: paling banyak Rp8.232 untuk 12 orang" in shown.text  # 12 x (586 + 100)
    assert "Status: akan aktif\nBerikutnya:" in shown.text
    assert not (await reading(story)).to_persons
    (saved,) = await secretary.presses("Simpan")
    assert "Status: aktif" in saved.text
    assert "Grup: belum ada" not in saved.text
    assert ((await reading(story)).to_persons, (await reading(story)).state) == (True, ScheduleState.ACTIVE)
    assert set(await acts(story)) == {"schedule.changed"}
    await open_reading(secretary)
    await secretary.presses("Anggota di WhatsApp")
    await secretary.presses("Tidak")
    await secretary.presses("Simpan")
    found = await reading(story)
    assert (found.to_persons, found.state, found.reason) == (False, ScheduleState.PAUSED, "no_group")


async def test_a_summary_has_no_such_side(story, secretary):
    await add_members(story, 1)
    summary = await schedule_of(story, ScheduleKind.SUMMARY)
    (shown,) = await press(secretary, f"sched.open:{summary.id}")
    assert "Tujuan" not in labels(shown)
    assert await press(secretary, f"sched.where:{summary.id}") == []
    await press(secretary, f"sched.pick:{summary.id}:persons:on")
    assert not (await schedule_of(story, ScheduleKind.SUMMARY)).to_persons


async def test_with_a_group_those_who_are_in_its_app_are_not_counted(story, secretary):
    await link(story)
    await add_members(story, 3, on_telegram=True)
    assert "Anggota di WhatsApp" not in labels(await open_reading(secretary))
    await add_members(story, 2)
    await open_reading(secretary)
    (asked,) = await secretary.presses("Anggota di WhatsApp")
    assert "(2 orang)" in asked.text


async def test_an_office_without_a_group_can_add_a_schedule_for_its_members(story, secretary):
    await add_members(story, 2)
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Pembacaan")
    (shown,) = await secretary.says("setiap Jumat 15.30 Apel sore")
    assert "Anggota di WhatsApp: <b>2 orang</b>" in shown.text
    await secretary.presses("Simpan")
    assert (await reading(story)).to_persons


# the cost


async def siar(secretary):
    (shown,) = await secretary.says("/siar Rapat pindah ke aula")
    return shown


async def test_who_wrote_lately_costs_the_message_alone(story, secretary):
    now = story.clock.now()
    await add_members(story, 2, now - timedelta(hours=2))
    await add_members(story, 1, now - timedelta(hours=25))
    await add_members(story, 1)
    assert f"{COST} Rp1.115 untuk 4 orang" in (await siar(secretary)).text  # 4 x 100 + 2 x 357,5


async def test_of_a_later_hour_it_counts_who_wrote_within_a_day_before(story, secretary):
    await add_members(story, 1, story.clock.now() - timedelta(hours=2))
    assert f"{COST} Rp100 untuk" in (await siar(secretary)).text
    await secretary.presses("Atur waktu")
    (later,) = await secretary.says("2 Desember 2026 pukul 10.00")
    assert f"{COST} Rp457,50 untuk 1 orang" in later.text
    await secretary.presses("Atur waktu")
    (weekly,) = await secretary.says("setiap Jumat 15.30")
    assert "Perkiraan biaya setiap kali kirim: paling banyak Rp457,50 untuk 1 orang" in weekly.text


async def test_a_text_that_falls_into_two_messages_costs_two(story, secretary, monkeypatch):
    monkeypatch.setitem(abilities._declared, CHANNEL, replace(ABILITIES, text_length=1000))
    await add_members(story, 1, story.clock.now())
    assert f"{COST} Rp100 untuk" in (await siar(secretary)).text
    await secretary.presses("Ganti teks")
    (shown,) = await secretary.says("kata " * 300)
    assert f"{COST} Rp200 untuk" in shown.text


async def test_the_category_is_the_one_that_the_channel_told(story, secretary):
    await add_members(story, 1)
    template = MessageTemplate(
        channel=CHANNEL,
        name="apel_siaran",
        language="id",
        status="APPROVED",
        category="MARKETING",
        parameters=1,
        told_at=story.clock.now(),
    )
    async with story.database.transaction() as session:
        session.add(template)
    assert f"{COST} Rp686 untuk" in (await siar(secretary)).text


async def test_without_prices_it_says_that_the_cost_is_not_known(story, secretary):
    story.prices.clear()
    await add_members(story, 2)
    assert "Perkiraan biaya: belum dapat dihitung, karena harga pesannya belum diisi" in (await siar(secretary)).text


async def test_more_people_than_a_day_allows_are_told_of(story, secretary):
    story.new_chats_a_day = 2
    await add_members(story, 2)
    assert "Perhatikan" not in (await siar(secretary)).text
    await add_members(story, 1)
    assert "hingga 3 orang perlu dikirimi lebih dahulu" in (await siar(secretary)).text


# /siar


async def test_where_the_office_has_no_group_a_broadcast_goes_to_its_members(story, secretary):
    await add_members(story, 3)
    shown = await siar(secretary)
    assert "Anggota di WhatsApp: <b>3 orang</b>" in shown.text
    assert "grup" not in shown.text
    (accepted,) = await secretary.presses("Kirim")
    assert "dikirim dalam 60 detik</b> ke 3 anggota di WhatsApp" in accepted.text
    story.clock.advance(timedelta(seconds=60))
    await post_due(story)
    posts = await rows(story, Delivery, Delivery.message_key == "broadcast/post")
    assert [(row.channel, row.chat_id, row.group_id) for row in posts] == [(CHANNEL, f"p{n}", None) for n in range(3)]
    *_, shown = await secretary.presses("Perbarui")
    assert "0 dari 3 penerima terkirim, 3 menunggu" in shown.text


async def test_beside_a_group_members_are_chosen(story, secretary):
    await link(story)
    await add_members(story, 12)
    assert "Anggota" not in (await siar(secretary)).text
    (targets,) = await secretary.presses("Ganti tujuan")
    assert "▫️ Anggota di WhatsApp (12 orang)" in labels(targets)
    (targets,) = await secretary.presses("▫️ Anggota di WhatsApp (12 orang)")
    assert "✅ Anggota di WhatsApp (12 orang)" in labels(targets)
    (shown,) = await secretary.presses("Lanjut")
    assert "Ke <b>1 grup</b>" in shown.text
    assert "Anggota di WhatsApp: <b>12 orang</b>" in shown.text
    (accepted,) = await secretary.presses("Kirim")
    assert "ke 1 grup dan 12 anggota di WhatsApp" in accepted.text


async def test_it_goes_somewhere(story, secretary):
    await add_members(story, 1)
    await siar(secretary)
    await secretary.presses("Ganti tujuan")
    await secretary.presses("✅ Anggota di WhatsApp (1 orang)")
    await secretary.presses("Lanjut")
    assert secretary.outcome.toast == "Pilih dulu paling sedikit satu tujuan yang dapat dikirimi."


async def test_without_group_and_members_a_broadcast_is_forwarded_by_the_secretary(story, secretary):
    shown = (await siar(secretary)).text
    assert "Kepada <b>Anda</b>, untuk diteruskan ke grup WhatsApp" in shown
    assert "Anggota" not in shown


# /rapat


async def meetings(story):
    return await rows(story, Schedule, Schedule.kind == ScheduleKind.MEETING)


async def test_a_meeting_now_is_read_back_with_its_cost_where_it_may_go_to_members(story, secretary):
    await link(story)
    await add_members(story, 2)
    (shown,) = await secretary.says("/rapat sekarang Rapat staf")
    assert "<b>sekarang</b>, di Grup Dinas" in shown.text
    assert await meetings(story) == []
    (shown,) = await secretary.presses("Juga ke anggota di WhatsApp (2 orang)")
    assert f"{COST} Rp915 untuk 2 orang" in shown.text
    (opened,) = await secretary.presses("Buka sekarang")
    assert "sedang dikirim ke Grup Dinas dan 2 anggota di WhatsApp" in opened.text
    assert [row.to_persons for row in await meetings(story)] == [True]


async def test_without_a_group_a_meeting_goes_to_members(story, secretary):
    await add_members(story, 2)
    (shown,) = await secretary.says("/rapat besok 09.00 Rapat staf")
    assert "Anggota di WhatsApp: <b>2 orang</b>" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert "ke 2 anggota di WhatsApp" in saved.text
    assert [row.to_persons for row in await meetings(story)] == [True]


async def test_without_a_group_a_meeting_may_be_forwarded_instead_and_costs_nothing(story, secretary):
    await add_members(story, 2)
    await secretary.says("/rapat besok 09.00 Rapat staf")
    (shown,) = await secretary.presses("Teruskan sendiri ke grup WhatsApp")
    assert "dikirim kepada Anda, siap diteruskan" in shown.text
    assert "Perkiraan biaya" not in shown.text
    assert labels(shown) == ["Kirim ke anggota di WhatsApp (2 orang)", "Simpan", "Batal"]
    await secretary.presses("Kirim ke anggota di WhatsApp (2 orang)")
    await secretary.presses("Teruskan sendiri ke grup WhatsApp")
    await secretary.presses("Simpan")
    assert [(row.to_persons, row.by_forwarding) for row in await meetings(story)] == [(False, True)]


async def test_without_a_group_a_new_schedule_may_be_forwarded_instead_but_not_a_quiz(story, secretary):
    await add_members(story, 2)
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Kuis")
    (shown,) = await secretary.presses("Setiap Rabu 10.00")
    assert labels(shown) == ["Simpan", "Batal"]
    await secretary.presses("Batal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Pembacaan")
    (shown,) = await secretary.says("setiap Jumat 15.30 Apel sore")
    assert labels(shown) == ["Simpan", "Teruskan sendiri ke grup WhatsApp", "Batal"]
    (shown,) = await secretary.presses("Teruskan sendiri ke grup WhatsApp")
    assert "Grup WhatsApp: naskahnya diteruskan sendiri" in shown.text
    await secretary.presses("Simpan")
    (schedule,) = await rows(story, Schedule, Schedule.title == "Apel sore")
    assert (schedule.to_persons, schedule.by_forwarding) == (False, True)


async def test_members_open_a_meeting_in_the_group_alone_and_at_no_cost(story):
    await link(story)
    await add_members(story, 2)
    member = await story.person("Anggota", Role.ANGGOTA)
    (opened,) = await member.says("/rapat sekarang Rapat staf")
    assert "sedang dikirim ke Grup Dinas." in opened.text
    (shown,) = await member.says("/rapat besok 09.00 Rapat lain")
    assert not any("anggota" in label for label in labels(shown))
    key = next(choice.action for line in shown.choices for choice in line if choice.label == "Simpan").partition(":")[2]
    await press(member, f"meet.persons:{key}")
    await member.presses("Simpan")
    assert [row.to_persons for row in await meetings(story)] == [False, False]


async def test_where_all_groups_are_paused_a_new_schedule_goes_to_members_and_may_keep_it_so(story, secretary):
    await link(story)
    await link(story, "Grup UPTD", "-1002")
    await add_members(story, 2)
    async with story.database.transaction() as session:
        await session.execute(update(GroupChat).values(state=GroupState.PAUSED))
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Pembacaan")
    await secretary.says("setiap Jumat 15.30 Apel sore")
    await secretary.presses("Ganti grup")
    (shown,) = await secretary.presses("Lanjut")
    assert "Anggota di WhatsApp: <b>2 orang</b>" in shown.text
