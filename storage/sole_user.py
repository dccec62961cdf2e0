"""One bot for each database: a lock on a file beside it, which the system lets go however the process ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from storage.errors import InUse, Unavailable


@contextmanager
def sole_user(url: str) -> Iterator[None]:
    """Hold the SQLite database at `url`; the commands that only add a row do not ask for it.

    Raises:
        InUse: another process holds it.
        Unavailable: there is no writing beside it.
    """
    try:
        lock = Path(f"{make_url(url).database}.lock").open("w", encoding="ascii")  # noqa: SIM115  open while it is held
    except OSError as error:
        raise Unavailable(type(error).__name__) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse from None
        yield
