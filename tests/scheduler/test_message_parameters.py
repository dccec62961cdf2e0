from datetime import date

import pytest

from content.regulation_loader import load_regulations
from content.rendering import render
from scheduler.message_parameters import Posting, recitation
from scheduler.sources import SOURCES
from storage.models import Occurrence, Office, Schedule, ScheduleKind
from tests.scheduler.machine import MONDAY_READING

PACKS = load_regulations()
EVERY_PACK = pytest.mark.parametrize("regulation", PACKS.values(), ids=PACKS.keys())


def posting(session, kind, regulation, *, slot="2026-11-30", day=date(2026, 11, 30), focus=None, **columns):
    schedule = Schedule(id=1, kind=kind, title="Judul", timezone=regulation.timezone, **columns)
    occurrence = Occurrence(id=7, kind=kind, slot=slot, day=day, due_at=MONDAY_READING, focus=focus)
    office = Office(id=1, name="Dinas Kominfo", regulation_id=regulation.id, timezone=regulation.timezone)
    return Posting(session, schedule, occurrence, office, regulation)


async def worded(database, kind, regulation, **options):
    async with database.transaction() as session:
        wording = await SOURCES[kind](posting(session, kind, regulation, **options))
    return wording.key, render(wording.key, wording.parameters)


@EVERY_PACK
async def test_a_reading_holds_every_value_in_that_regulations_words(database, regulation):
    value = regulation.values[0]
    key, message = await worded(database, ScheduleKind.READING, regulation, focus=f"{value.slug}/1/1")
    assert key == "reading/post"
    for value in regulation.values:
        assert render("broadcast/post", {"text": value.meaning, "office": ""}).text.split("\n")[0] in message.text
    assert regulation.terms.values in message.text
    assert message.choices[0][0].action == "done.reading:7"


@EVERY_PACK
async def test_a_focus_is_cited_by_its_clause(regulation):
    value = regulation.values[-1]
    focus = recitation(regulation, f"{value.slug}/2/1")["focus"]
    assert (focus["behaviour"], focus["behaviour_source"]) == (value.behaviours[1].text, value.behaviours[1].source)
    assert (focus["manifestation"] is None) == (not value.manifestations)
    assert recitation(regulation, "lenyap/1")["focus"] is None
    assert recitation(regulation, None)["focus"] is None


def test_salam_motto_and_branding_stand_only_where_they_are_decreed():
    decreed = {}
    for name, regulation in PACKS.items():
        said = recitation(regulation, None)
        decreed[name.split("-")[0]] = (bool(said["salam"]), bool(said["motto"]), bool(said["branding"]))
    assert decreed == {
        "banjarmasin": (True, True, False),
        "karanganyar": (False, False, True),
        "kupang": (False, False, True),
        "serang": (False, True, False),
        "tangerang": (False, False, False),
    }


async def test_karanganyars_twibbon_quotes_its_clause_on_the_seventeenth_only(database):
    regulation = PACKS["karanganyar-44-2023"]
    source = regulation.activation("twibbon").source
    key, message = await worded(database, ScheduleKind.TWIBBON, regulation, day=date(2026, 12, 17))
    assert key == "twibbon/day"
    assert source in message.text
    _, message = await worded(database, ScheduleKind.TWIBBON, regulation, day=date(2026, 12, 18))
    assert source not in message.text
    assert message.choices[0][0].action == "done.twibbon:7"


async def test_tangerangs_twibbon_is_called_an_example(database):
    regulation = PACKS["tangerang-66-2023"]
    key, message = await worded(
        database, ScheduleKind.TWIBBON, regulation, slot="2027-08-17/eve", day=date(2027, 8, 17)
    )
    assert key == "twibbon/eve"
    assert "contoh" in message.text
    assert message.choices == ()


@pytest.mark.parametrize("name", ["kupang-30-2025", "serang-25-2018", "banjarmasin-38-2016"])
async def test_elsewhere_a_twibbon_is_the_offices_own_wish_and_no_law(database, name):
    _, message = await worded(database, ScheduleKind.TWIBBON, PACKS[name], day=date(2026, 12, 17))
    assert "Dinas Kominfo" in message.text
    assert "Pasal" not in message.text
    assert "Lampiran" not in message.text


async def test_a_broadcast_brings_its_text_and_picture(database):
    regulation = PACKS["kupang-30-2025"]
    async with database.transaction() as session:
        wording = await SOURCES[ScheduleKind.BROADCAST](
            posting(
                session,
                ScheduleKind.BROADCAST,
                regulation,
                body="Isi",
                picture={"channel": "telegram", "file_ref": "abc"},
            )
        )
    assert wording.parameters["text"] == "Isi"
    assert wording.picture.file_ref == "abc"
