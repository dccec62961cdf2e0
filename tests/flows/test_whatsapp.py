"""What is so on WhatsApp alone: its window, its batches, its statuses, its ids. The rest is told in tests/stories."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.models import DeliveryState, Role
from tests.fakes.graph_server import Lose
from tests.flows.whatsapp_office import WhatsAppTown


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


async def test_a_word_that_was_a_choice_is_a_question_once_the_dialogue_is_closed(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "lapor")
    await town.says(member, "batal")
    (answer,) = await town.says(member, "Akuntabel")
    assert "bertanggung jawab" in answer.text


async def test_a_typed_number_chooses_in_the_order_shown(town):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    (seats,) = await town.says(secretary, "undang")
    (invitation,) = await town.says(secretary, str(list(seats.choices).index("Anggota") + 1))
    assert "Kedudukan: Anggota" in invitation.text
    (values,) = await town.says(secretary, "lapor")
    (behaviours,) = await town.says(secretary, "2")
    assert list(values.choices)[1] in behaviours.text
    await town.says(secretary, "1")
    (problem,) = await town.says(secretary, "2")  # the words of the report
    assert "permasalahan" in problem.text


async def test_while_a_code_is_awaited_commands_and_questions_are_answered_as_such(town):
    stranger = town.server.person("Orang lain")
    await town.says(stranger, "Gabung AAAABBBBCCCCDDDD")
    (refused,) = await town.says(stranger, "lapor")
    assert "belum terdaftar di kantor mana pun" in refused.text
    (refused,) = await town.says(stranger, "Apa itu akuntabel?")
    assert "belum terdaftar di kantor mana pun" in refused.text
    (waits,) = await town.says(stranger, "halo")
    assert "Saya menunggu kode undangan" in waits.text
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "Gabung AAAABBBBCCCCDDDD")
    (answer,) = await town.says(member, "Apa itu akuntabel?")
    assert "bertanggung jawab" in answer.text
    (values,) = await town.says(member, "lapor")
    assert "Akuntabel" in values.choices


async def sends_photo(town, person, caption):
    """A photo; what the bot then sent them."""
    before = len(town.server.messages(person))
    person.sends_photo(caption)
    await town.settle()
    return town.server.messages(person)[before:]


@pytest.mark.parametrize("caption", ["/lapor akuntabel 2: rapat", "lapor akuntabel 2: rapat"])
async def test_a_photo_with_a_report_for_its_caption_opens_the_report_with_the_photo(town, caption):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (shown,) = await sends_photo(town, member, caption)
    assert "rapat" in shown.text
    assert "foto" in shown.text
    assert "Simpan" in shown.choices


async def test_captions_are_answered_as_the_texts_that_they_are_within_the_minute_too(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (told,) = await sends_photo(town, member, "Perbaikan jaringan selesai")
    assert "Sudah diteruskan" in told.text
    (answer,) = await sends_photo(town, member, "Apa itu akuntabel?")
    assert "bertanggung jawab" in answer.text
    (stopped,) = await sends_photo(town, member, "berhenti")
    assert "Pengiriman dihentikan" in stopped.text


async def test_nobody_is_pushed_to_whose_window_is_closed_and_of_whose_push_meta_has_no_template(town):
    lead = await town.joins("Ketua", Role.KETUA)
    said = len(town.server.messages(lead))
    await town.clock_to("2026-11-21T08:00+07:00")
    assert len(town.server.messages(lead)) == said
    summary = next(row for row in await town.ledger() if row.message_key.startswith("summary"))
    assert (summary.state, summary.reason) == (DeliveryState.FAILED, "template_missing")


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
    assert (address.phone, person.phone in address.user_id + address.chat_id) == (person.phone, False)
    await town.says(person, "lapor")
    later = town.server.person("Anggota 1", phone=person.phone)
    (behaviours,) = await town.taps(later, "Akuntabel")
    assert "Panduan perilaku" in behaviours.text
    (address,) = await town.addresses()
    assert (address.user_id, address.chat_id, address.phone) == (later.user_id, later.user_id, person.phone)


async def test_a_number_that_was_silent_for_long_hands_no_seat_to_who_has_it_now(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None)
    town.clock.move_to(town.clock.now() + timedelta(days=31))
    stranger = replace(member, name="Orang lain", user_id="ID.1502576394655843")
    town.server.people[0] = stranger
    (answer,) = await town.says(stranger, "riwayat")
    assert "belum terdaftar" in answer.text
    old, new = await town.addresses()
    assert (old.phone, old.unreachable) == (member.phone, "not_on_channel")
    assert (new.user_id, new.unreachable, new.person_id == old.person_id) == (stranger.user_id, None, False)


async def test_a_message_with_the_number_alone_is_of_the_account_that_wrote_with_it_lately(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "lapor")
    (answer,) = await town.says(replace(member, user_id=None), "Akuntabel")
    assert "Perilaku" in answer.text
    (address,) = await town.addresses()
    assert (address.user_id, address.chat_id, address.phone) == (member.user_id, member.user_id, member.phone)
    assert {row.chat_id for row in await town.ledger()} == {member.user_id}


@pytest.mark.parametrize("others", ["long ago", "several"])
async def test_a_number_alone_that_may_be_somebody_elses_is_a_stranger(town, others):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    if others == "long ago":
        town.clock.move_to(town.clock.now() + timedelta(days=31))
    else:
        await town.says(replace(member, user_id="ID.1502576394655843"), "halo")
    (answer,) = await town.says(replace(member, user_id=None), "riwayat")
    assert "belum terdaftar" in answer.text


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


async def broadcasts(town, text):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(secretary, f"siar {text}")
    return secretary


async def test_a_second_text_behind_the_command_s_name_is_taken_without_the_name(town):
    secretary = await broadcasts(town, "Rapat pindah")
    (asked,) = await town.says(secretary, "Siar Rapat besok jam 9")
    assert "> Rapat besok jam 9" in asked.text
    await town.taps(secretary, "Biarkan")
    await town.taps(secretary, "Ganti teks")
    (shown,) = await town.says(secretary, "siar: Siaran radio pindah")
    assert "> Siaran radio pindah" in shown.text


async def test_a_list_in_what_is_to_be_sent_takes_no_number_from_the_choices(town):
    secretary = await broadcasts(town, "Agenda:\n1. Pembukaan\n2. Penutup")
    (left,) = await town.says(secretary, "2")
    assert "Tidak ada yang dikirim" in left.text


async def test_while_its_text_is_asked_for_no_earlier_word_sends_a_broadcast(town):
    secretary = await broadcasts(town, "Rapat pindah")
    await town.taps(secretary, "Ganti teks")
    (shown,) = await town.says(secretary, "Kirim")
    assert "> Kirim" in shown.text
    assert "belum dikirim" in shown.text
    await town.taps(secretary, "Ganti teks")
    (shown,) = await town.says(secretary, "kembali")
    assert "> Kirim" in shown.text


async def test_who_had_their_data_erased_is_told_so(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "hapusdata")
    (answer,) = await town.taps(member, "Ya, hapus data saya")
    assert "dihapus" in answer.text
    assert await town.addresses() == []


async def test_no_number_erases_and_that_is_said(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "hapusdata")
    (again,) = await town.says(member, "1")
    assert again.text.startswith("Mohon pilih dengan tombol atau tulisannya.")
    (kept,) = await town.says(member, "tidak")
    assert "Hapus data" not in kept.text


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("undang anggota baru", "cukup ketik ```undang``` tanpa kata lain"),
        ("rapat minggu depan", "```/rapat …```"),
        ("kapan giliran saya?", "cukup ketik ```giliran``` tanpa"),
        ("kirim pengumuman ke semua", "cukup ketik ```siar``` tanpa"),
        ("cara lapor gimana", "cukup ketik ```lapor``` tanpa"),
        ("tolong hapus akun saya", "cukup ketik ```hapusdata``` tanpa"),
    ],
)
async def test_above_a_doubtful_answer_stands_how_to_give_the_command_that_its_words_began_with(town, words, hint):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    (answer,) = await town.says(secretary, words)
    assert hint in answer.text


async def test_no_command_is_named_to_who_may_not_give_it(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    for words in ("undang anggota baru", "kirim pengumuman ke semua"):
        (answer,) = await town.says(member, words)
        assert "perintah" not in answer.text
