"""On WhatsApp: Meta accepts what we send and tells only afterwards that it takes nothing from us at all."""

import pytest

from storage.models import DeliveryState, Role, ScheduleKind
from tests.fakes.graph_limits import Limits


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def members(town):
    """Six members who get the morning reading."""
    members = [await town.joins(f"Anggota {number}", Role.ANGGOTA) for number in range(1, 7)]
    await town.pushes_to_persons(ScheduleKind.READING)
    return members


class Refusing:
    """Meta accepts everything, and tells of each a little later that it failed for this code, until it is `mended`."""

    def __init__(self, town, code):
        self.taken, self.mended = [], False
        accept = town.server._accept

        def accepts(payload):
            sent = accept(payload)
            if not self.mended:
                town.server.tells(sent, "failed", code)
            self.taken.append(town.clock.now())
            return sent

        town.server._accept = accepts


async def readings(town):
    return [(row.state, row.reason) for row in await town.ledger() if row.message_key == "reading/post"]


@pytest.mark.parametrize("code", [131042, 131048, 190, 133010])
async def test_after_the_first_refusals_one_message_at_a_time_asks_whether_anything_is_taken_again(town, members, code):
    await town.clock_to("2026-11-18T07:29:50+07:00")
    meta = Refusing(town, code)
    await town.clock_to("2026-11-18T07:49+07:00")
    first, later = meta.taken[:6], meta.taken[6:]
    assert [at.minute for at in first] == [30] * 6
    assert [at.minute for at in later] == [35, 40, 45]
    meta.mended = True
    await town.clock_to("2026-11-18T07:59+07:00")
    assert await readings(town) == [(DeliveryState.SENT, None)] * 6
    assert len(meta.taken) == len(first) + len(later) + 6


async def test_the_secretary_reads_what_all_waited_for_and_the_administrator_too_once_anything_comes(town, members):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    administrator = await town.joins("Pengelola", Role.ADMINISTRATOR)
    meta = Refusing(town, 131042)
    await town.clock_to("2026-11-18T08:30+07:00")
    assert set(await readings(town)) == {(DeliveryState.MISSED, "channel_refuses")}
    said = town.text(secretary), town.text(administrator)
    meta.mended = True
    await town.clock_to("2026-11-18T09:00+07:00")
    assert "aplikasi pesannya menolak semua kiriman dari bot" in town.text(secretary).removeprefix(said[0])
    told = town.text(administrator).removeprefix(said[1])
    assert told.count("*WhatsApp sempat menolak semua kiriman*") == 1
    assert "Periksa metode pembayaran" in told


async def test_where_meta_takes_no_pushes_for_our_quality_members_are_answered_at_once(town, members):
    await town.nobody_writes_for_a_day()
    town.server.limits = Limits(persons=1)
    await town.clock_to("2026-11-18T07:30:30+07:00")
    assert set(town.server.limits.refused) == {131048}
    assert "PushesRefused" in {reason for _, reason in await readings(town)}
    for minute in ("07:31", "07:33", "07:36"):
        await town.clock_to(f"2026-11-18T{minute}:30+07:00")
        assert len(await town.says(members[3], "bantuan")) == 1
