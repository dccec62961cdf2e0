"""/bantuan shows what a seat may use, where it is; /batal works everywhere."""

import importlib
import pkgutil

import pytest

import bot.conversations
from bot.conversations import group_link
from bot.conversations import help as help_dialogue
from bot.conversations.help import summary_of
from bot.conversations.members import invite
from bot.conversations.members import roster as roster_dialogue
from storage.models import Role
from tests.bot.conversations.people_story import people_story


@pytest.fixture
async def story(database):
    story = people_story(
        database, help_dialogue.DIALOGUE, roster_dialogue.DIALOGUE, invite.DIALOGUE, group_link.DIALOGUE
    )
    await story.open_office()
    return story


def _commands():
    for module in pkgutil.iter_modules(bot.conversations.__path__):
        dialogue = getattr(importlib.import_module(f"bot.conversations.{module.name}"), "DIALOGUE", None)
        yield from dialogue.commands if dialogue else ()


@pytest.mark.parametrize("name", sorted({command.name for command in _commands()}))
def test_every_command_has_a_line_that_fits_a_menu(name):
    assert 3 <= len(summary_of(name)) <= 60


@pytest.mark.parametrize("name", sorted({command.name for command in _commands()}))
def test_no_line_names_a_channel_which_may_be_the_one_it_is_read_on(name):
    assert not {"telegram", "whatsapp"} & set(summary_of(name).casefold().split())


async def test_a_secretary_sees_the_secretarys_commands(story):
    (answer,) = await (await story.person("Sekretaris", Role.SEKRETARIS)).says("/bantuan")
    assert "/undang: buat tautan undangan" in answer.text
    assert "Di dalam grup kantor:\n/tautkan" in answer.text


async def test_a_member_sees_only_what_a_member_may(story):
    (answer,) = await (await story.person("Anggota 1", Role.ANGGOTA)).says("/bantuan")
    assert "/anggota" in answer.text
    assert "/undang" not in answer.text
    assert "/tautkan" not in answer.text


async def test_a_guest_is_told_how_to_join(story):
    (_, answer) = await story.stranger("Tamu").says("/bantuan")
    assert "tautan undangan" in answer.text
    assert "/undang" not in answer.text


async def test_in_a_group_help_is_short(story):
    group = await story.group()
    (answer,) = await (await story.person("Anggota 1", Role.ANGGOTA)).says("/bantuan", group)
    assert "/bantuan" in answer.text
    assert "/anggota" not in answer.text


async def test_help_in_the_middle_leaves_the_dialogue_open(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/anggota")
    await secretary.presses("Tambah nama")
    await secretary.says("/bantuan")
    (answer,) = await secretary.says("Anggota 1")
    assert "1 nama ditambahkan" in answer.text


async def test_cancelling_closes_what_is_open_and_says_so(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/anggota")
    await secretary.presses("Tambah nama")
    (closed,) = await secretary.says("/batal")
    assert "dibatalkan" in closed.text
    (nothing,) = await secretary.says("/batal")
    assert "Tidak ada isian" in nothing.text
    (_answer,) = await secretary.says("Anggota 1")
    assert "ditambahkan" not in _answer.text


async def test_cancelling_works_in_a_group_too(story):
    group = await story.group()
    (answer,) = await (await story.person("Anggota 1", Role.ANGGOTA)).says("/batal", group)
    assert "Tidak ada isian" in answer.text
