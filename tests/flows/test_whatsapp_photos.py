"""Photos that are sent together come one by one on WhatsApp, which does not tell that they belong together."""

import pytest

from storage.models import Role
from tests.flows.whatsapp_office import WhatsAppTown


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T08:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


async def shows(town, member, count, **how):
    """So many photos at once; what the bot then sent."""
    before = len(town.server.messages(member))
    for _ in range(count):
        member.sends_photo()
    await town.settle(**how)
    return [sent.text for sent in town.server.messages(member)[before:]]


@pytest.fixture
async def member(town):
    """Who has been asked for the evidence of a report."""
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "lapor akuntabel 2: menyusun SPJ tepat waktu")
    await town.taps(member, "Ubah")
    await town.taps(member, "Bukti")
    return member


@pytest.mark.parametrize("batch", [1, 5])
async def test_five_photos_at_once_get_one_answer_that_shows_them_all(town, member, batch):
    (answer,) = await shows(town, member, 5, batch=batch)
    assert answer.count("• foto") == 5


async def test_photos_one_after_the_other_are_answered_each(town, member):
    answers = [text for _ in range(3) for text in await shows(town, member, 1)]
    assert [text.count("• foto") for text in answers] == [1, 2, 3]


async def test_what_answered_words_leaves_though_a_photo_came_at_once(town, member):
    before = len(town.server.messages(member))
    member.says("apa saja boleh ya")
    member.sends_photo()
    await town.settle()
    asked, shown = [sent.text for sent in town.server.messages(member)[before:]]
    assert "kirim foto, berkas, atau tautan" in asked
    assert shown.count("• foto") == 1


async def test_photos_that_were_stored_before_a_restart_are_all_kept_and_answered(town, member):
    before = len(town.server.messages(member))
    for _ in range(3):
        member.sends_photo()
    await town.deliver()
    await town.kill_and_restart()
    assert [sent.text.count("• foto") for sent in town.server.messages(member)[before:]] == [3]
