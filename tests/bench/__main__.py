"""python -m tests.bench [quick] [NAME...]: measure, print, and keep what was printed in build/bench.md.

`quick` takes the throughput alone, small, and fails where ours is not as much faster than its peers as promised.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("PTB_TIMEDELTA", "1")

import click

from tests.bench import allowance, at_rest, lateness, planning, throughput
from tests.bench.process import quietly
from tests.bench.report import Table, machine

SCENARIOS = {
    "throughput": throughput.run,
    "allowance": allowance.run,
    "planning": planning.run,
    "at-rest": at_rest.run,
    "lateness": lateness.run,
}
_QUICK = {"ours": 5_000, "theirs": 600, "rounds": 3, "with_postgresql": False, "only_compared": True}
_KEPT_IN = Path("build/bench.md")


def _in_a_process_of_its_own(run, options) -> Table:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(quietly, run, options).result()


def main(words: list[str]) -> int:
    """Run what is named, or all; 1 where something promised was not kept."""
    quick = "quick" in words
    names = [word for word in words if word != "quick"] or (["throughput"] if quick else list(SCENARIOS))
    tables = []
    click.echo(machine())
    written = [f"{machine()}.", ""]
    for name in names:
        table = _in_a_process_of_its_own(SCENARIOS[name], _QUICK if quick else {})
        click.echo(f"\n{table.markdown()}")
        tables.append(table)
        written.append(table.markdown())
    _KEPT_IN.parent.mkdir(exist_ok=True)
    _KEPT_IN.write_text("\n".join(written), "utf-8")
    return int(any(table.failures for table in tables))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
