"""Bounds on how long something may take, by one timer for all: one for each would be a tenth of what a send costs."""

import asyncio
from types import TracebackType


class Deadlines:
    """Cuts off what is overdue, as `asyncio.timeout` does, in one running loop."""

    def __init__(self) -> None:
        """Nothing is bounded yet."""
        self._open: dict[Deadline, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def within(self, seconds: float | None) -> "Deadline":
        """To be entered by `with`; what takes longer is cancelled there, and TimeoutError raised. None: no bound."""
        return Deadline(self, seconds)

    def begin(self, deadline: "Deadline", seconds: float) -> None:
        """It ends in so many seconds, unless it is over before."""
        loop = asyncio.get_running_loop()
        ends = self._open[deadline] = loop.time() + seconds
        if self._timer is None or ends < self._timer.when():
            self._look_at(loop, ends)

    def over(self, deadline: "Deadline") -> None:
        """It was kept, or cut off; the timer finds that out by itself."""
        self._open.pop(deadline, None)

    def _look_at(self, loop: asyncio.AbstractEventLoop, instant: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(instant, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, now = None, loop.time()
        for deadline, _ in [late for late in self._open.items() if late[1] <= now]:
            self.over(deadline)
            deadline.cut()
        if self._open:
            self._look_at(loop, min(self._open.values()))


class Deadline:
    """One bound on what its task does inside of it."""

    __slots__ = ("_among", "_before", "_cut", "_seconds", "_task")

    def __init__(self, among: Deadlines, seconds: float | None) -> None:
        """Begun once it is entered."""
        self._among, self._seconds, self._cut = among, seconds, False

    def __enter__(self) -> None:
        """Raises RuntimeError outside of a task."""
        if self._seconds is None:
            return
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline bounds a task")
        self._task, self._before = task, task.cancelling()
        self._among.begin(self, self._seconds)

    def cut(self) -> None:
        """It is overdue."""
        self._cut = True
        self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Raises TimeoutError for what was cut off, unless somebody else cancels the task, too."""
        if self._seconds is None:
            return
        self._among.over(self)
        if self._cut and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error
