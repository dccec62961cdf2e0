"""A process that runs on two channels acts only with both leases, and lets go of one where the other is taken."""

from bot.tenure import Tenure
from scheduler.clock import FollowingClock
from storage.engine import make_engine
from storage.transaction import Database


async def test_all_leases_or_none(postgresql_database):
    url = postgresql_database.engine.url.render_as_string(hide_password=False)
    databases = [Database(make_engine(url)) for _ in range(3)]
    on_whatsapp = Tenure(databases[0], "whatsapp", FollowingClock())
    on_both = Tenure(databases[1], "whatsapp", FollowingClock(), more=["telegram"])
    on_telegram = Tenure(databases[2], "telegram", FollowingClock())
    assert await on_whatsapp._take() is not None
    assert await on_both._take() is None
    assert not on_both.held
    assert await on_telegram._take() is not None  # nobody holds it in vain
    await on_telegram._let_go()
    await on_whatsapp._let_go()
    assert await on_both._take() is not None
    assert await on_both._renew()
    assert on_both.held
    assert await on_telegram._take() is None
    assert await on_whatsapp._take() is None
    for database in databases:
        await database.close()
