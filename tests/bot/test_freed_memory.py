import ctypes
import re
from pathlib import Path

import pytest

from bot.freed_memory import give_back


def resident():
    """In MiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))[1]) / 1024


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library than glibc")
def test_what_was_needed_for_a_moment_below_what_is_kept_goes_back_to_the_system():
    pieces = [bytes(2_000) for _ in range(50_000)]
    kept = pieces[-1]
    pieces.clear()
    before = resident()
    give_back()
    assert resident() < before - 50
    assert len(kept) == 2_000
