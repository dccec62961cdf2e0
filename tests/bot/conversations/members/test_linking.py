"""One person on two channels is one member: by a code that goes from one account to the other, and by nothing else."""

from datetime import timedelta

import pytest

from bot.channels.inbound import Chat, InboundMessage, Kind, Sender
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.conversations.dialogues import DIALOGUES
from content.rendering import render
from storage.models import Invitation, Member, Person, PersonAddress, Role
from tests.story import Story, rows


@pytest.fixture
async def story(database):
    story = Story(database, DIALOGUES)
    await story.open_office()
    return story


async def writes(story, text, user_id="ID.1", phone="62811", **fields):
    """Somebody writes on WhatsApp; all that is said because of it, by chat."""
    await story.feed(
        InboundMessage(
            channel=WHATSAPP,
            update_id=story.next_update_id(),
            kind=Kind.TEXT,
            chat=Chat(user_id, private=True),
            sender=Sender(user_id, "Anggota 1", phone=phone),
            at=story.clock.now(),
            text=text,
            addressed=True,
            **fields,
        )
    )
    return [(to.chat_id, message.text) for to, message in await story.take_replies()]


async def code_of(member):
    (offer,) = await member.says("/sambung")
    return offer.text.split("<code>")[1].partition("</code>")[0]


async def test_the_other_account_is_the_same_member_and_the_first_is_told(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    answers = await writes(story, await code_of(member))
    assert [chat for chat, _ in answers] == ["ID.1", member.user_id]
    assert "Akun tersambung" in answers[0][1]  # behind the privacy notice
    assert "Bila itu bukan Anda" in answers[1][1]
    assert len(await rows(story, Member)) == len(await rows(story, Person)) == 1
    assert {address.channel for address in await rows(story, PersonAddress)} == {"telegram", WHATSAPP}
    ((_, question),) = await writes(story, "lapor")
    assert "Nilai mana" in question


async def test_linking_agrees_to_messages_there_even_after_a_wish_to_stop(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await writes(story, "berhenti")
    story.clock.advance(timedelta(minutes=1))
    answers = await writes(story, await code_of(member))
    assert "kiriman kantor aktif lagi" in answers[0][1]
    (address,) = [address for address in await rows(story, PersonAddress) if address.channel == WHATSAPP]
    assert (address.opted_in_at, address.opted_out_at) == (story.clock.now(), None)


async def test_taking_the_account_off_a_name_says_that_both_go(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await writes(story, await code_of(member))
    await secretary.says("/anggota")
    await secretary.presses("2")
    (asked,) = await secretary.presses("Lepas akun")
    assert "semua akun (Telegram, WhatsApp) dari <b>Anggota 1</b>" in asked.text


async def test_a_code_counts_once_and_not_for_long(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    code = await code_of(member)
    await writes(story, code)
    spent = render("registration/spent_link_code").text
    assert ("/sambung" in spent, "sekretaris" in spent) == (True, False)
    ((chat, told),) = await writes(story, code, user_id="ID.2")
    assert (chat, told.endswith(spent)) == ("ID.2", True)
    late = await code_of(member)
    story.clock.advance(timedelta(minutes=16))
    ((chat, told),) = await writes(story, late, user_id="ID.3")
    assert (chat, told.endswith(spent)) == ("ID.3", True)
    assert len(await rows(story, Person)) == 3  # strangers, each on their own


async def test_the_same_number_alone_links_nothing(story):
    await story.person("Anggota 1", Role.ANGGOTA)
    await writes(story, "halo", user_id="ID.1", phone="62811")
    await writes(story, "halo", user_id="ID.2", phone="62811")
    assert len(await rows(story, Person)) == 3


async def test_a_seat_of_ones_own_is_not_given_up_by_the_way(story):
    member, other = [await story.person(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2)]
    (answer,) = await other.says(f"/start {await code_of(member)}")
    assert "anggota tersendiri" in answer.text
    (answer,) = await member.says(f"/start {await code_of(member)}")
    assert answer.text == "Akun ini sudah tersambung."


async def test_whoever_is_erased_leaves_no_code_behind(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await code_of(member)
    await member.says("/hapusdata")
    await member.presses("Ya, hapus data saya")
    assert await rows(story, Invitation) == []
    assert await rows(story, Person) == []
