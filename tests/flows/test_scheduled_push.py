"""What the clock sends."""

from storage.models import DeliveryState


async def test_the_reading_goes_out_at_its_time(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    assert office.containing(office.group, "Dipimpin oleh") == []
    await office.clock_to("2026-11-17T07:30+07:00")
    [post] = office.containing(office.group, "Dipimpin oleh")
    assert "Sudah dibacakan" in post.labels
    assert [row.state for row in await office.posts(office.group)] == [DeliveryState.SENT] * 2
