from datetime import UTC, datetime

from content.message import Document
from scheduler import delivery_queue
from scheduler.sender import Destination, SendReceipt
from storage.models import Delivery, InboundUpdate

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
CHAT = Destination(channel="console", chat_id="1")
PARAMETERS = {"group": "Apel <Dinas>", "reason": "muted", "schedules": ["Apel pagi"]}


async def inbound(session):
    row = InboundUpdate(channel="console", update_id="7", raw=b"", received_at=NOW)
    session.add(row)
    await session.flush()
    return row.id


async def test_enqueue_stores_the_final_wording_with_key_and_parameters(database):
    async with database.transaction() as session:
        row = await delivery_queue.enqueue(
            session, destination=CHAT, key="notice/group_paused", parameters=PARAMETERS, now=NOW
        )
        assert row is not None
        assert (row.message_key, row.parameters, row.not_before) == ("notice/group_paused", PARAMETERS, NOW)
        assert "Apel &lt;Dinas&gt;" in delivery_queue.message_of(row).text


async def test_enqueue_of_a_taken_key_stores_nothing(database):
    async with database.transaction() as session:
        cause = await inbound(session)
        rows = [
            await delivery_queue.enqueue(
                session, destination=CHAT, key="notice/group_paused", parameters=PARAMETERS, now=NOW, inbound_id=cause
            )
            for _ in range(2)
        ]
    assert rows[0] is not None
    assert rows[1] is None


async def test_a_document_comes_back_byte_for_byte(database):
    document = Document(name="log.csv", media_type="text/csv", data=bytes(range(256)))
    async with database.transaction() as session:
        row = await delivery_queue.enqueue(
            session,
            destination=CHAT,
            key="notice/group_paused",
            parameters=PARAMETERS,
            now=NOW,
            document=document,
        )
        identity = row.id
    async with database.transaction() as session:
        stored = await session.get(Delivery, identity)
        assert delivery_queue.message_of(stored).document == document


async def test_a_code_to_join_is_forgotten_once_it_was_sent(database):
    parameters = {"office": "Dinas", "role": "Anggota", "url": "u", "code": "rahasia", "uses": 1, "expires": NOW}
    async with database.transaction() as session:
        row = await delivery_queue.enqueue(
            session, destination=CHAT, key="registration/invitation", parameters=parameters, now=NOW
        )
        await delivery_queue.mark_sent(session, row, SendReceipt("m1"), NOW)
        await session.refresh(row)
        assert (row.parameters, delivery_queue.message_of(row).text, row.message_ref) == ({}, "", "m1")
