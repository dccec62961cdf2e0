"""On WhatsApp: join by a link, ask, report by buttons, lists and words, look back, stop and resume."""

from datetime import timedelta

import pytest

from storage.models import DeliveryState, Role
from tests.fakes.graph_server import Lose
from tests.flows.whatsapp_office import NUMBER, WhatsAppTown


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


async def test_a_member_joins_by_the_link_and_reports_to_the_end(town):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    await town.says(secretary, "undang")
    (invitation,) = await town.taps(secretary, "Anggota")
    link = next(line.removeprefix("Tautan: ") for line in invitation.text.splitlines() if line.startswith("Tautan"))
    assert link.startswith(f"https://wa.me/{NUMBER}?text=Gabung%20")

    member = town.server.person("Anggota 1")
    notice, joined = await town.says(member, f"Gabung {link.rpartition('%20')[2]}")
    assert notice.text.startswith("*Pemberitahuan pelindungan data pribadi*")
    assert joined.text.startswith("*Anda sudah bergabung*")

    (answer,) = await town.says(member, "Apa itu akuntabel?")
    assert "> bertanggung jawab atas kepercayaan yang diberikan" in answer.text

    (values,) = await town.says(member, "Lapor")
    assert values.kind == "list"
    (behaviours,) = await town.taps(member, "Akuntabel")
    assert behaviours.choices.keys() >= {"1", "2", "3", "Batal"}
    await town.says(member, "2")
    (problem,) = await town.says(member, "Menyusun SPJ tepat waktu")
    assert list(problem.choices) == ["Lewati", "Batal"]
    (evidence,) = await town.says(member, "lewati")  # typed instead of tapped
    assert "data dukung" in evidence.text
    member.sends_photo()
    await town.settle()
    await town.taps(member, "Selesai")
    (saved,) = await town.taps(member, "Simpan")
    assert "Akuntabel 2" in saved.text

    (history,) = await town.says(member, "riwayat")
    assert "Akuntabel" in history.text
    (report,) = await town.says(member, "1")
    assert "Menyusun SPJ tepat waktu" in report.text


async def test_an_old_button_is_answered_and_does_nothing(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "lapor")
    old = town.offering(member, "Akuntabel")
    await town.says(member, "batal")
    member.taps(old, "Akuntabel")
    await town.settle()
    assert town.server.messages(member)[-1].text == "Isian ini sudah ditutup. Ketik /lapor untuk mulai lagi."
    assert all(row.message_key != "report/read_back" for row in await town.ledger())


async def test_a_word_that_was_a_choice_is_a_question_once_the_dialogue_is_closed(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "lapor")
    await town.says(member, "batal")
    (answer,) = await town.says(member, "Akuntabel")
    assert "bertanggung jawab" in answer.text


async def test_who_stops_is_written_to_in_answer_alone_until_they_resume(town):
    lead = await town.joins("Ketua", Role.KETUA)
    await town.says(lead, "BERHENTI")
    assert town.server.messages(lead)[-1].text.startswith("*Pengiriman dihentikan*")
    said = len(town.server.messages(lead))
    await town.clock_to("2026-11-21T08:00+07:00")  # over Friday, on which leads get their summary
    assert len(town.server.messages(lead)) == said
    (answer,) = await town.says(lead, "Apa itu akuntabel?")
    assert "kepercayaan" in answer.text
    before = town.clock.now()
    await town.says(lead, "mulai")
    (address,) = await town.addresses()
    assert address.opted_out_at is None
    assert address.opted_in_at >= before


async def test_nobody_is_pushed_to_whose_window_is_closed(town):
    lead = await town.joins("Ketua", Role.KETUA)
    said = len(town.server.messages(lead))
    await town.clock_to("2026-11-21T08:00+07:00")
    assert len(town.server.messages(lead)) == said
    summary = next(row for row in await town.ledger() if row.message_key.startswith("summary"))
    assert (summary.state, summary.reason) == (DeliveryState.FAILED, "window_closed")


@pytest.mark.parametrize("shape", ["value", "changes", "entries"])
async def test_what_several_wrote_in_one_post_is_all_answered(town, shape):
    people = [await town.joins(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2, 3)]
    before = [len(town.server.messages(person)) for person in people]
    for person in people:
        person.says("Apa itu akuntabel?")
    await town.settle(batch=3, shape=shape)
    assert [len(town.server.messages(person)) for person in people] == [count + 1 for count in before]


async def test_a_post_that_comes_twice_is_answered_once(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    before = len(town.server.messages(member))
    member.says("Apa itu akuntabel?")
    waiting = list(town.server.pending)
    await town.settle()
    town.server.pending = waiting
    await town.settle()
    assert len(town.server.messages(member)) == before + 1


async def test_statuses_late_twice_and_out_of_order_move_a_row_only_forward(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (answer,) = await town.says(member, "Apa itu akuntabel?")
    for status in ("read", "sent", "delivered", "read"):
        town.server.tells(answer, status)
    town.server.tells(answer, "failed", 131026)
    await town.settle(batch=2)
    row = (await town.ledger())[-1]
    assert row.state is DeliveryState.SENT
    assert row.delivered_at is not None
    assert row.read_at is not None


async def test_a_message_whose_answer_was_lost_is_settled_by_its_status(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    before = len(town.server.messages(member))
    town.server.automatic = ("sent",)
    town.server.next_call(Lose())
    member.says("Apa itu akuntabel?")
    await town.settle()
    await town.clock_to((town.clock.now() + timedelta(minutes=10)).isoformat())
    row = (await town.ledger())[-1]
    assert row.state is DeliveryState.SENT
    assert row.message_ref == town.server.messages(member)[before].reference
    assert len(town.server.messages(member)) == before + 1


async def test_a_late_failure_marks_row_and_person(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (answer,) = await town.says(member, "Apa itu akuntabel?")
    town.server.tells(answer, "failed", 131026)
    await town.settle()
    row = (await town.ledger())[-1]
    assert (row.state, row.reason) == (DeliveryState.FAILED, "not_on_channel")
    (address,) = await town.addresses()
    assert address.unreachable == "not_on_channel"
    await town.says(member, "Apa itu loyal?")  # who writes can be written to
    assert (await town.addresses())[0].unreachable is None


async def test_who_told_meta_to_stop_has_opted_out(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (answer,) = await town.says(member, "Apa itu akuntabel?")
    town.server.tells(answer, "failed", 131050)
    await town.settle()
    (address,) = await town.addresses()
    assert (address.opted_out_at, address.unreachable) == (town.clock.now(), None)


async def test_an_account_known_by_its_number_keeps_its_seat_when_its_id_comes(town):
    person = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None)
    (address,) = await town.addresses()
    assert address.user_id == f"phone:{person.phone}"
    await town.says(person, "lapor")
    later = town.server.person("Anggota 1", phone=person.phone)
    (behaviours,) = await town.taps(later, "Akuntabel")
    assert "Panduan perilaku" in behaviours.text
    (address,) = await town.addresses()
    assert (address.user_id, address.chat_id, address.phone) == (later.user_id, later.user_id, person.phone)


async def test_somebody_without_a_number_is_served_like_others(town):
    person = await town.joins("Anggota 1", Role.ANGGOTA, phone=None)
    (address,) = await town.addresses()
    assert (address.user_id, address.phone) == (person.user_id, None)
    assert "recipient" in town.server.messages(person)[-1].payload


async def test_a_file_goes_as_a_document(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (file,) = await town.says(member, "/dataku")
    assert (file.kind, file.payload["document"]["filename"]) == ("document", "data-saya.txt")
    name, data = town.server.files[file.payload["document"]["id"]]
    assert name == "data-saya.txt"
    assert member.phone not in data.decode()
    assert member.phone[:4] in data.decode()


async def test_a_killed_process_goes_on_where_it_stopped(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    member.says("Apa itu akuntabel?")
    await town.deliver()
    before = len(town.server.messages(member))
    await town.kill_and_restart()
    assert len(town.server.messages(member)) == before + 1
