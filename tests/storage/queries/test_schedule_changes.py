"""Where a schedule posts is its own office's to say."""

from storage.models import ScheduleKind
from storage.queries import schedule_changes, schedules, units
from tests.posted import make_schedule
from tests.story import Story


async def test_a_schedule_never_posts_into_another_office_s_group(database):
    story = Story(database, [], None, {})
    await story.open_office("Dinas Sosial")
    await story.group("Grup Dinas Sosial", "-2001")
    own_id = await story.open_office("Dinas Kominfo")
    await story.group("Grup Dinas Kominfo", "-2002")
    schedule_id = await make_schedule(story, ScheduleKind.MEETING, "Evaluasi")
    async with database.transaction() as session:
        every = [
            group.id
            for office in await units.all_offices(session)
            for group in await units.groups_of_office(session, office.id)
        ]
        await schedule_changes.set_targets(session, schedule_id, every)
        (target,) = await schedules.targets(session, schedule_id)
        assert (target.office_id, target.title) == (own_id, "Grup Dinas Kominfo")
