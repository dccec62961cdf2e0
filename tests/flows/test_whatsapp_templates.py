"""Who has not written for a day gets a notice with a button; the tap brings the push itself, and what can be done."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from content.message import Document
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import DeliveryState, MessageTemplate, Role, Schedule, ScheduleKind, ScheduleState
from storage.queries import offices, templates

AT_THE_READING = "2026-11-18T07:35+07:00"  # a Wednesday


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def secretary(town):
    return await town.joins("Sekretaris", Role.SEKRETARIS)


@pytest.fixture
async def member(town, secretary):
    """A member who gets the morning reading, and has not written for a day."""
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.nobody_writes_for_a_day()
    await town.pushes_to_persons(ScheduleKind.READING)
    return member


async def pushed(town, member, key="reading/post"):
    """The rows of the push to this member, in the order of writing."""
    return [row for row in await town.ledger() if row.message_key == key and row.chat_id == member.user_id]


def notice_to(town, member, containing="pembacaan nilai"):
    """The newest template that this member got."""
    found = [sent for sent in town.server.messages(member) if sent.kind == "template" and containing in sent.text]
    return found[-1]


async def tap(town, member, notice):
    before = len(town.server.messages(member))
    member.taps(notice, "Baca")
    await town.settle()
    return town.server.messages(member)[before:]


async def test_a_reading_goes_as_a_notice_and_its_tap_brings_the_text_with_its_button(town, member):
    await town.clock_to(AT_THE_READING)
    notice = notice_to(town, member)
    assert notice.text.endswith("pada Rabu, 18 November 2026. Naskahnya sudah tersedia. Tekan Baca untuk membukanya.")
    (row,) = await pushed(town, member)
    assert (row.state, row.template) == (DeliveryState.SENT, "apel_pembacaan")
    (text,) = await tap(town, member, notice)
    assert "*Fokus hari ini" in text.text
    assert (await pushed(town, member))[0].read_at == town.clock.now()
    (thanks,) = await town.says(member, "sudah dibacakan")  # too long a text to have buttons under it
    assert thanks.text.startswith("Terima kasih, pembacaan tercatat.")


async def test_the_word_of_the_button_may_be_typed_instead(town, member):
    await town.clock_to(AT_THE_READING)
    (text,) = await town.says(member, "baca")
    assert "*Fokus hari ini" in text.text


async def test_of_a_push_in_several_parts_one_template_goes_and_the_tap_brings_them_all(town, secretary, member):
    long = "Rapat koordinasi dipindahkan ke aula lantai dua. " * 120
    async with town.database.transaction() as session:
        to = Destination("whatsapp", member.user_id)
        text = {"text": long, "office": "Dinas Kominfo"}
        await enqueue(session, destination=to, key="broadcast/post", parameters=text, now=town.clock.now())
    await town.settle()
    before = len(town.server.messages(member))
    first, second = await pushed(town, member, "broadcast/post")
    assert (first.state, first.template) == (DeliveryState.SENT, "apel_siaran")
    assert (second.state, second.reason) == (DeliveryState.CANCELLED, "on_tap")
    assert [sent.kind for sent in town.server.messages(member)].count("template") == 1
    await tap(town, member, notice_to(town, member, "pemberitahuan baru"))
    brought = town.server.messages(member)[before:]
    assert len(brought) == 2
    assert brought[0].text.startswith("Rapat koordinasi")
    assert brought[1].text.endswith("_Dinas Kominfo_\n\n(2/2)")


async def test_a_photo_in_reply_to_what_the_tap_brought_is_evidence_of_the_reading(town, member):
    await town.clock_to(AT_THE_READING)
    (text,) = await tap(town, member, notice_to(town, member))
    member.sends_photo(reply_to=text)
    await town.settle()
    assert "Apel pagi" in town.server.messages(member)[-1].text
    assert [row.message_key for row in await town.ledger()][-1] == "confirmation/evidence_kept"


async def test_the_tap_works_days_later_and_twice_and_says_that_the_time_has_passed(town, member):
    await town.clock_to(AT_THE_READING)
    notice = notice_to(town, member)
    await town.clock_to("2026-11-20T10:00+07:00")
    for _ in range(2):
        (text,) = await tap(town, member, notice)
        assert text.text.startswith("_Kiriman ini untuk Rabu, 18 November 2026 pukul 07.30 WIB; waktunya sudah lewat._")
        assert "*Fokus hari ini" in text.text


@pytest.mark.parametrize("late", [False, True])
async def test_a_file_with_its_words_comes_with_the_tap(town, member, late):
    now = town.clock.now()
    async with town.database.transaction() as session:
        office = await offices.find_office(session, "Dinas Kominfo")
        await enqueue(
            session,
            destination=Destination("whatsapp", member.user_id),
            key="broadcast/post",
            parameters={"text": "Edaran terlampir.", "office": "Dinas Kominfo"},
            document=Document("edaran.pdf", b"isi"),
            now=now,
            office_id=office.id,
            expires_at=now + timedelta(minutes=5),
        )
    await town.settle()
    if late:
        town.clock.move_to(now + timedelta(minutes=5))
    (file,) = await tap(town, member, notice_to(town, member, "pemberitahuan baru"))
    assert (file.kind, file.payload["document"]["filename"]) == ("document", "edaran.pdf")
    assert town.server.files[file.payload["document"]["id"]] == ("edaran.pdf", b"isi")
    assert file.text.startswith("_Kiriman ini untuk" if late else "Edaran terlampir.")
    assert "Edaran terlampir." in file.text


async def test_only_the_person_it_went_to_can_open_it(town, secretary, member):
    await town.clock_to(AT_THE_READING)
    (row,) = await pushed(town, member)
    for payload in (f"push.read:{row.id}", "push.read:99999", "push.read:x", "push.read:"):
        secretary.taps_template(payload, "Baca")
        await town.settle()
        assert town.server.messages(secretary)[-1].text.startswith("Mohon maaf, kiriman ini sudah tidak tersimpan.")


async def test_a_tap_in_the_midst_of_a_report_loses_nothing_of_it(town, member):
    await town.clock_to(AT_THE_READING)
    await town.says(member, "lapor")
    await tap(town, member, notice_to(town, member))
    (behaviours,) = await town.taps(member, "Akuntabel")
    assert "Panduan perilaku" in behaviours.text


async def test_the_lead_who_did_not_write_gets_the_weekly_summary_by_a_tap(town, secretary):
    lead = await town.joins("Ketua", Role.KETUA)
    town.clock.move_to(datetime.fromisoformat("2026-11-20T15:00+07:00"))
    await town.clock_to("2026-11-20T15:35+07:00")
    notice = notice_to(town, lead, "Ringkasan budaya kerja 16 November 2026 s.d. 22 November 2026")
    (summary,) = await tap(town, lead, notice)
    assert summary.text.startswith("*Ringkasan mingguan* · Dinas Kominfo")
    assert list(summary.choices) == ["‹ Minggu sebelumnya"]


async def test_a_paused_template_stops_its_pushes_alone_until_meta_approves_it_again(town, secretary, member):
    town.server.tells_of_template("apel_pembacaan", "PAUSED")
    await town.clock_to("2026-11-18T08:00+07:00")
    (row,) = await pushed(town, member)
    assert (row.state, row.reason, row.template) == (DeliveryState.PLANNED, "template_paused", None)
    await town.clock_to("2026-11-18T08:45+07:00")  # its window has closed
    (row,) = await pushed(town, member)
    assert (row.state, row.reason) == (DeliveryState.MISSED, "template_paused")
    told = notice_to(town, secretary, "pengurus")
    (text,) = await tap(town, secretary, told)
    assert "dijeda" in text.text
    assert "Meta" in text.text
    town.server.tells_of_template("apel_pembacaan", "APPROVED")
    await town.clock_to("2026-11-19T07:35+07:00")
    assert (await pushed(town, member))[-1].template == "apel_pembacaan"


async def test_what_meta_refuses_while_sending_stops_the_template_for_the_others(town, member):
    town.server.templates["apel_pembacaan"].status = "DISABLED"  # and nobody told
    await town.clock_to(AT_THE_READING)
    (row,) = await pushed(town, member)
    assert (row.state, row.reason) == (DeliveryState.FAILED, "template_disabled")
    async with town.database.transaction() as session:
        assert (await templates.find(session, "whatsapp", "apel_pembacaan", "id")).status == "DISABLED"


async def test_of_a_template_that_is_not_listed_one_refusal_is_enough_for_all(town, secretary, member):
    for number in range(2, 7):
        await town.joins(f"Anggota {number}", Role.ANGGOTA)
    await town.nobody_writes_for_a_day()
    del town.server.templates["apel_pembacaan"]
    async with town.database.transaction() as session:
        await session.execute(delete(MessageTemplate))  # Meta does not let us read its list
    await town.clock_to("2026-11-18T07:29+07:00")
    calls = town.server.calls.count("messages")
    await town.clock_to("2026-11-18T07:30:20+07:00")
    rows = [row for row in await town.ledger() if row.message_key == "reading/post"]
    assert {(row.state, row.reason) for row in rows} == {(DeliveryState.FAILED, "template_missing")}
    assert len(rows) == 7
    assert len([row for row in rows if row.template is not None]) == town.server.calls.count("messages") - calls < 7


async def test_a_window_that_meta_says_was_closed_sends_the_push_again_as_its_template(town, member):
    await town.says(member, "Apa itu akuntabel?")
    await town.clock_to(AT_THE_READING)
    free = town.server.messages(member)[-1]
    assert free.kind == "text"
    town.server.tells(free, "failed", 131047)
    await town.settle()
    assert notice_to(town, member) is town.server.messages(member)[-1]
    (row,) = await pushed(town, member)
    assert (row.state, row.template) == (DeliveryState.SENT, "apel_pembacaan")
    town.server.tells(town.server.messages(member)[-1], "failed", 131047)
    await town.settle()
    (row,) = await pushed(town, member)
    assert (row.state, row.reason) == (DeliveryState.FAILED, "window_closed"), "a template is no better the second time"


async def test_news_of_another_account_or_of_templates_that_are_not_ours_change_nothing(town):
    town.server.account_id, ours = "another", town.server.account_id
    town.server.tells_of_template("apel_pembacaan", "PAUSED")
    await town.settle()
    async with town.database.transaction() as session:
        assert (await templates.find(session, "whatsapp", "apel_pembacaan", "id")).status == "APPROVED"
    town.server.account_id = ours
    town.server.tells_of_template("apel_rapat", "", category="MARKETING")
    await town.settle()
    async with town.database.transaction() as session:
        assert (await templates.find(session, "whatsapp", "apel_rapat", "id")).category == "MARKETING"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["text first", "button first"])
async def test_a_kit_too_late_for_its_window_goes_as_one_template_whichever_part_is_told_of_first(
    town, secretary, order
):
    async with town.database.transaction() as session:
        chosen = update(Schedule).where(Schedule.kind == ScheduleKind.READING)
        await session.execute(chosen.values(by_forwarding=True, state=ScheduleState.ACTIVE, reason=None))
    await town.clock_to("2026-11-18T07:29:50+07:00")
    before = len(town.server.messages(secretary))
    await town.clock_to("2026-11-18T07:30:10+07:00")
    parts = town.server.messages(secretary)[before:]
    for number in order:
        town.server.tells(parts[number], "failed", 131047)
        await town.settle()
        await town.clock_to((town.clock.now() + timedelta(seconds=10)).isoformat())
    await town.clock_to("2026-11-18T07:45+07:00")
    assert [sent.kind for sent in town.server.messages(secretary)[before:]] == ["text", "button", "template"]
    brought = await town.taps(secretary, "Baca")
    assert [list(sent.choices) for sent in brought] == [[], ["Sudah diteruskan"]]
