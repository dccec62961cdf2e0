"""The demo as a visitor finds it: the story that plays itself, and the interactive session."""

import io
import logging

import pytest

from bot.demo import play
from content.demo_story import load_demo_story


async def test_the_story_plays_itself_and_ends_well(capsys):
    assert await play(interactive=False) == 0
    shown = capsys.readouterr().out
    for scene in load_demo_story().scenes:
        assert scene.title in shown
    for words in ("Sudah dibacakan", "Ringkasan mingguan", "Pasal 8 huruf b angka 2", "Rapat dibuka"):
        assert words in shown


@pytest.fixture
def visit(monkeypatch, capsys):
    async def typed(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        assert await play(interactive=True) == 0
        return capsys.readouterr().out

    return typed


async def test_a_visitor_watches_the_reading_go_out_taps_it_asks_and_reports(visit):
    shown = await visit(
        ":jam besok 07.29",
        ":jam 07.30",
        ":jadi anggota 1",
        "#Sudah dibacakan",
        "apa arti akuntabel?",
        "/lapor akuntabel 1: SPJ selesai",
        ":jam Jumat 15.31",
        ":jadi ketua",
        "/ringkasan",
        ":keluar",
    )
    for words in (
        "Dipimpin oleh",
        " · Anggota 1 · 07.30 WIB",
        "bertanggung jawab atas kepercayaan yang diberikan",
        "SPJ selesai",
        "Ringkasan mingguan",
    ):
        assert words in shown
    assert "terjadi kesalahan" not in shown


async def test_odd_lines_are_answered_and_the_end_of_input_is_a_goodbye(visit):
    shown = await visit("", ":jadi siapa", ":jam entah", "#999", "#x", ":apa", ":grup", "halo", ":foto", ":pribadi")
    assert "Traceback" not in shown
    assert shown.strip()


ODD_LINES = (
    *("#", "#²", "# 1", ":", ":jam", ":jam kemarin", ":jadi", "/", "//", "/tidakada", "<b>&", "🙂" * 4096),
    *("\x00", "/lapor \x1b[2J", b"\xff\xfe".decode("utf-8", "surrogateescape")),
)


async def test_nothing_that_is_typed_ends_it(monkeypatch, capsys):
    lines = (*ODD_LINES, ":grup", *ODD_LINES)
    typed = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), "utf-8"))
    assert await play(interactive=True) == 0
    shown = capsys.readouterr().out
    assert shown.count(" > ") >= len(lines)  # a prompt after each
    assert "Terima kasih sudah mencoba Apel." in shown


async def test_what_is_logged_as_an_error_fails_it(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def readline(self):
            logging.getLogger("bot").error("a defect")
            return ""

    monkeypatch.setattr("sys.stdin", Terminal())
    assert await play(interactive=True) == 1
    assert "1 kesalahan tercatat" in capsys.readouterr().out


async def test_ctrl_c_at_the_prompt_is_a_goodbye(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def readline(self):
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Terminal())
    assert await play(interactive=True) == 0
    assert "Terima kasih sudah mencoba Apel." in capsys.readouterr().out
