"""Whoever reads that something did not come reads beside the reason what can be done."""

from datetime import UTC, datetime

import pytest

from content.rendering import render

NOTICED = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("key", ["notice/missed", "notice/not_reached"])
@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("template_rejected", "apel whatsapp templates check"),
        ("template_paused", "berjalan lagi dengan sendirinya"),
        ("persons_limit", "diteruskan sendiri ke grup WhatsApp"),
        ("channel_refuses", "menjalankan: apel check"),
        ("pushes_refused", "menjalankan: apel check"),
        ("unanswered", "tanyakan dahulu kepada penerimanya"),
    ],
)
def test_a_reason_that_somebody_can_mend_comes_with_how(key, reason, advice):
    item = {"title": "Apel pagi", "group": None, "due_at": NOTICED, "reason": reason, "rest": False}
    item |= {"held_anyway": False, "persons": 2, "names": []}
    shown = render(key, {"items": [item], "zone": "Asia/Jakarta", "noticed_at": NOTICED}).text
    assert advice in shown
    other = render(key, {"items": [item | {"reason": "late"}], "zone": "Asia/Jakarta", "noticed_at": NOTICED}).text
    assert advice not in other
