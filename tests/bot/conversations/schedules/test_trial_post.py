"""`Uji kirim`: the next post, privately, marked, without buttons, and nothing kept."""

from datetime import UTC, datetime

import pytest

from bot.conversations.schedules.add import DIALOGUE as ADD
from bot.conversations.schedules.show import DIALOGUE as SHOW
from bot.conversations.schedules.trial_post import DIALOGUE
from storage.models import Confirmation, Occurrence, OccurrenceState, Role, ScheduleKind
from tests.bot.conversations.office_story import labels, link, open_story, press, schedule_of
from tests.story import rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [SHOW, ADD, DIALOGUE])
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def test_the_reading_comes_to_oneself_marked_and_without_a_button_that_logs(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Apel pagi")
    (trial,) = await secretary.presses("Uji kirim")
    assert trial.text.startswith("<b>UJI COBA</b>")
    assert "Akuntabel" in trial.text
    assert "&lt;b&gt;" not in trial.text
    assert labels(trial) == []
    assert await story.messages("-1001") == []
    assert await rows(story, Confirmation) == []
    assert await rows(story, Occurrence, Occurrence.state != OccurrenceState.PLANNED) == []


async def test_a_twibbon_too(secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Pemasangan twibbon")
    (trial,) = await secretary.presses("Uji kirim")
    assert "pasang twibbon" in trial.text
    assert labels(trial) == []


async def test_the_summary_only_for_those_who_may_see_it(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Ringkasan mingguan")
    (trial,) = await secretary.presses("Uji kirim")
    assert trial.text.startswith("<b>UJI COBA</b>")
    administrator = await story.person("Administrator", Role.ADMINISTRATOR)
    await administrator.says("/jadwal")
    (opened,) = await administrator.presses("Ringkasan mingguan")
    assert "Uji kirim" not in labels(opened)
    summary = await schedule_of(story, ScheduleKind.SUMMARY)
    assert await press(administrator, f"sched.try:{summary.id}") == []


async def test_the_summary_is_of_this_week_once_this_weeks_went_out_too(story, secretary):
    story.clock.move_to(datetime(2026, 12, 4, 10, tzinfo=UTC))  # Friday, 17.00 WIB
    await secretary.says("/jadwal")
    await secretary.presses("Ringkasan mingguan")
    (trial,) = await secretary.presses("Uji kirim")
    assert "Senin, 30 November 2026 s.d. Minggu, 6 Desember 2026" in trial.text


async def test_a_name_with_markup_stays_text(story, secretary):
    reading = await schedule_of(story, ScheduleKind.READING)
    async with story.database.transaction() as session:
        stored = await session.get_one(type(reading), reading.id)
        stored.title = "<b>Apel</b>"
    await secretary.says("/jadwal")
    await secretary.presses("<b>Apel</b>")
    (trial,) = await secretary.presses("Uji kirim")
    assert "&lt;b&gt;Apel&lt;/b&gt;" in trial.text


async def test_a_quiz_as_text_without_its_answer(secretary):
    await secretary.says("/jadwal")
    for label in ("Tambah jadwal", "Kuis", "Setiap Rabu 10.00"):
        await secretary.presses(label)
    await secretary.presses("Simpan")
    (trial,) = await secretary.presses("Uji kirim")
    assert "Situasi ini paling dekat dengan nilai apa?" in trial.text
    assert "2. Akuntabel" in trial.text
    assert labels(trial) == []
