"""What was measured, as tables for the screen and for docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct


class Table(Struct):
    """A scenario's figures; `failures` name what was promised and not kept."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    failures: Sequence[str] = ()

    def markdown(self) -> str:
        """The table with its notes."""
        lines = [f"### {self.title}", "", _line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line(row) for row in self.rows]
        notes = [*self.notes, *(f"**{failure}**" for failure in self.failures)]
        return "\n".join([*lines, *(f"\n{note}" for note in notes), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Day, processor, cores, memory, system and Python of this machine."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%d %B %Y}: {os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; load before the start "
        f"{os.getloadavg()[0]:.1f}"
    )
