"""/undang: a link for a seat that the regulation knows, from whoever may invite."""

import pytest

from bot.channels.inbound import Kind
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.conversations.members import invite, linking
from storage.models import Invitation, Role
from tests.bot.conversations.people_story import people_story, roster
from tests.story import acts, rows


@pytest.fixture
async def story(database):
    return people_story(database, invite.DIALOGUE, linking.DIALOGUE)


def _labels(message):
    return [choice.label for line in message.choices for choice in line]


def _code(invitation):
    return next(word for word in invitation.text.split() if word.startswith("https://"))[-16:]


async def test_the_seats_are_the_regulations_own(story):
    await story.open_office(regulation_id="kupang-30-2025")
    (question,) = await (await story.person("Sekretaris", Role.SEKRETARIS)).says("/undang")
    assert _labels(question) == ["Penanggung jawab", "Ketua", "Sekretaris", "Anggota"]
    assert "susunan kantor sendiri" not in question.text


async def test_seats_that_the_regulation_does_not_fix_are_shown_as_the_offices_own(story):
    await story.open_office(regulation_id="karanganyar-44-2023")
    (question,) = await (await story.person("Sekretaris", Role.SEKRETARIS)).says("/undang")
    assert "Kepala Perangkat Daerah" in _labels(question)
    assert "Administrator" not in _labels(question)
    assert "susunan kantor sendiri" in question.text


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        (("telegram",), ["lalu tekan Mulai. ", "<code>/start {}</code> kepada bot di Telegram."]),
        (("whatsapp",), ["lalu tekan Kirim. ", "<code>Gabung {}</code> ke nomor WhatsApp kantor."]),
        (
            ("telegram", "whatsapp"),
            [
                "tekan Mulai di Telegram atau Kirim di WhatsApp. ",
                "kepada bot di Telegram atau <code>Gabung {}</code> ke",
            ],
        ),
    ],
)
async def test_an_invitation_says_what_to_send_where(story, channels, told):
    before = {"telegram": "https://t.me/apel_bot?start=", "whatsapp": "https://wa.me/62?text=Gabung%20"}
    story.links = {channel: before[channel] for channel in channels}
    story.restart()
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Ketua")
    for words in told:
        assert words.format(_code(invitation)) in invitation.text


async def test_an_invitation_says_until_when_and_for_how_many_and_is_good(story):
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Ketua")
    assert "untuk satu orang" in invitation.text
    assert "Senin, 7 Desember 2026 pukul 07.00 WIB" in invitation.text
    await story.stranger("Anggota 1").says(f"/start {_code(invitation)}")
    assert ("Anggota 1", "ketua", True) in await roster(story)
    assert "member.invited" in await acts(story)


async def test_one_link_serves_many_members(story):
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Anggota")
    for number in range(3):
        await story.stranger(f"Anggota {number}", user_id=f"2{number}").says(f"/start {_code(invitation)}")
    assert len(await roster(story)) == 4


@pytest.mark.parametrize("role", [Role.ANGGOTA, Role.KETUA, Role.FASILITATOR])
async def test_who_may_not_invite_is_refused(story, role):
    await story.open_office()
    actor = await story.person("Anggota 1", role)
    (answer,) = await actor.says("/undang")
    assert "tidak termasuk kewenangan Anda" in answer.text


@pytest.mark.parametrize(
    "forged",
    [
        "invite.revoke",
        "invite.revoke:0",
        "invite.revoke:x",
        "invite.role",
        "invite.role:administrator",
        "invite.role:fasilitator",
        "invite.role:x",
    ],
)
async def test_a_forged_button_invites_nobody(story, forged):
    await story.open_office(regulation_id="kupang-30-2025")
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    assert await secretary.sends(secretary.private, kind=Kind.PRESS, text=forged, press_id="p") == []
    assert await acts(story) == []


async def test_each_channels_link_is_named_and_where_people_must_agree_it_says_to_what(story):
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    story.links = {TELEGRAM: "https://t.me/apel_bot?start=", WHATSAPP: "https://wa.me/628?text=Gabung%20"}
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Anggota")
    assert "Tautan Telegram: https://t.me/apel_bot?start=" in invitation.text
    assert "Tautan WhatsApp: https://wa.me/628?text=Gabung%20" in invitation.text
    assert invitation.text.count("Anda menyetujui menerima pesan WhatsApp dari Dinas Kominfo") == 1
    assert "ketik BERHENTI" in invitation.text


async def test_where_nobody_need_agree_one_link_needs_no_name_and_no_consent(story):
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Anggota")
    assert "\nTautan: https://t.me/" in invitation.text
    assert "menyetujui" not in invitation.text


async def test_an_open_invitation_is_seen_and_taken_back_and_nobody_joins_by_it(story):
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    codes = []
    for seat in ("Anggota", "Ketua"):
        await secretary.says("/undang")
        codes.append(_code((await secretary.presses(seat))[0]))
    await story.stranger("Anggota 1", user_id="21").says(f"/start {codes[0]}")
    (question,) = await secretary.says("/undang")
    assert _labels(question)[-1] == "Masih berlaku (2)"
    (shown,) = await secretary.presses("Masih berlaku (2)")
    assert shown.text.index("Ketua") < shown.text.index("untuk 99 orang lagi")
    (left,) = await secretary.presses("Batalkan undangan 1")
    assert "Ketua" not in left.text
    assert "untuk 99 orang lagi" in left.text
    assert (await acts(story))[-1] == "member.invitation_revoked"
    *_, refused = await story.stranger("Anggota 2", user_id="22").says(f"/start {codes[1]}")
    assert "tidak berlaku" in refused.text
    (gone,) = await secretary.presses("Batalkan undangan 1")
    assert "Tidak ada lagi undangan Dinas Kominfo yang masih berlaku" in gone.text
    assert "Anggota 1" in [name for name, *_ in await roster(story)]


async def test_another_offices_invitation_and_a_link_to_an_account_are_not_taken_back(story):
    await story.open_office("Dinas Lain")
    stranger = await story.person("Anggota 1", Role.SEKRETARIS)
    await stranger.says("/undang")
    await stranger.presses("Ketua")
    await story.open_office()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/sambung")
    (question,) = await secretary.says("/undang")
    assert not any(label.startswith("Masih berlaku") for label in _labels(question))
    for invitation in await rows(story, Invitation):
        forged = f"invite.revoke:{invitation.id}"
        assert await secretary.sends(secretary.private, kind=Kind.PRESS, text=forged, press_id="p") == []
    assert [invitation.uses_left for invitation in await rows(story, Invitation)] == [1, 1]
