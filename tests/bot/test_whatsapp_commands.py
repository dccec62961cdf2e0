"""What an administrator types about WhatsApp, against a Meta on the loopback: `apel whatsapp templates`, `apel invite`."""

import asyncio
import re

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.whatsapp_templates import compared
from content.templates import templates
from tests.fakes.graph_server import GraphServer, Template


@pytest.fixture
async def meta():
    async with GraphServer() as meta:
        yield meta


@pytest.fixture
def apel(tmp_path, monkeypatch, meta):
    settings = {
        "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/apel.sqlite",
        "APEL_HTTP_PORT": "8080",
        "APEL_TELEGRAM_TOKEN": "",
        "APEL_WHATSAPP_API_URL": meta.origin,
        "APEL_WHATSAPP_APP_SECRET": meta.app_secret,
        "APEL_WHATSAPP_BUSINESS_ACCOUNT_ID": meta.account_id,
        "APEL_WHATSAPP_PHONE_ID": meta.phone_id,
        "APEL_WHATSAPP_TOKEN": meta.token,
        "APEL_WHATSAPP_VERIFY_TOKEN": meta.verify_token,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    async def typed(*arguments, command=("whatsapp", "templates")):
        result = await asyncio.to_thread(CliRunner().invoke, cli, [*command, *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return typed


def has_all(meta, **states):
    for name, ours in templates().items():
        state = {"body": ours.numbered, "category": ours.category.upper()} | states.get(name, {})
        meta.templates[name] = Template(name, **state)


async def test_show_prints_each_as_its_reader_sees_it(apel, meta):
    status, said = await apel("show")
    assert status == 0
    assert said.count("[Baca]") == len(templates())
    assert "apel_giliran (utilitas)\n  Anda terdaftar sebagai pemimpin pembacaan nilai budaya kerja pada Senin," in said
    assert "apel_pembacaan (pemasaran)" in said
    assert meta.calls == []


async def test_submit_hands_in_what_meta_does_not_have_and_nothing_twice(apel, meta):
    meta.templates["apel_rapat"] = Template("apel_rapat", templates()["apel_rapat"].numbered)
    status, said = await apel("submit")
    assert status == 0
    assert set(meta.templates) == set(templates())
    assert "apel_rapat: sudah ada di Meta, tidak diajukan lagi." in said
    assert said.count("diajukan; tunggu persetujuan Meta") == len(templates()) - 1
    assert meta.templates["apel_giliran"].sample == templates()["apel_giliran"].samples
    status, said = await apel("submit")
    assert (status, said.count("sudah ada di Meta")) == (0, len(templates()))


async def test_a_dry_run_submits_nothing(apel, meta):
    status, said = await apel("submit", "--dry-run")
    assert (status, said.count("akan diajukan")) == (0, len(templates()))
    assert meta.templates == {}


async def test_what_meta_does_not_take_is_named_with_its_reason_and_the_others_are_submitted(apel, meta):
    meta.refused_template = "apel_kuis"
    status, said = await apel("submit")
    assert status == 1
    assert "apel_kuis: tidak diterima Meta (kode 100/2388293). Keterangan Meta: as the test asked" in said
    assert said.count("Jalankan sekali lagi; bila tetap tidak diterima") == 1
    assert len(meta.templates) == len(templates()) - 1


async def test_check_is_content_once_each_can_be_used(apel, meta):
    has_all(meta)
    status, said = await apel("check")
    assert (status, said.count(": disetujui.")) == (0, len(templates()))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "PENDING"}, "masih diperiksa Meta"),
        ({"status": "REJECTED", "rejected_reason": "INVALID_FORMAT"}, "Alasannya: INVALID_FORMAT."),
        ({"status": "PAUSED"}, "dijeda Meta"),
        ({"status": "DISABLED"}, "dinonaktifkan Meta"),
        ({"language": "en"}, "belum ada di Meta. Jalankan: apel whatsapp templates submit"),
        ({"body": "Ada {{1}} dan {{2}} untuk Anda."}, "Yang berbeda: jumlah isiannya berbeda. Kalimatnya"),
        ({"body": "Ada {{kegiatan}} untuk Anda."}, "Yang berbeda: jumlah isiannya berbeda. Kalimatnya"),
        ({"header": "Halo {{1}}"}, "Ubah di WhatsApp Manager. Yang berbeda: kepala (header) di sana berisi isian"),
        ({"header_format": "IMAGE"}, "Yang berbeda: kepala (header) di sana berisi isian"),
        ({"buttons": ()}, "Yang berbeda: tombolnya harus satu, Baca, jenis balasan cepat (quick reply)."),
        ({"buttons": ("URL",)}, "Yang berbeda: tombolnya harus satu"),
        ({"buttons": ("QUICK_REPLY", "QUICK_REPLY")}, "Yang berbeda: tombolnya harus satu"),
    ],
)
async def test_check_says_of_each_what_is_needed_and_ends_with_1(apel, meta, state, words):
    has_all(meta, apel_giliran=state)
    status, said = await apel("check")
    assert status == 1
    (line,) = [line for line in said.splitlines() if line.startswith("apel_giliran:")]
    assert words in line
    assert said.count(": disetujui.") == len(templates()) - 1


async def test_another_category_or_other_words_at_meta_are_told_and_hold_up_nothing(apel, meta):
    body = "Pemberitahuan tentang giliran Anda pada {{1}} sudah tersedia."
    has_all(meta, apel_giliran={"category": "MARKETING", "body": body, "header": "Dinas Kominfo"})
    status, said = await apel("check")
    assert status == 0
    (line,) = [line for line in said.splitlines() if line.startswith("apel_giliran:")]
    assert "Dihitung Meta sebagai pemasaran" in line
    assert line.endswith(f"Kalimatnya di Meta berbeda dengan kalimat kami: {templates()['apel_giliran'].numbered}")


@pytest.mark.parametrize("command", ["check", "submit"])
async def test_a_token_that_may_not_read_the_account_is_told_in_one_sentence(apel, meta, command):
    meta.templates_readable = False
    status, said = await apel(command)
    assert status == 1
    assert said.startswith("Templat WhatsApp: token ditolak atau tidak dapat membaca akun bisnis")
    assert len(said.splitlines()) == 1


async def test_a_token_that_meta_does_not_know_points_to_the_token_first(apel, monkeypatch):
    monkeypatch.setenv("APEL_WHATSAPP_TOKEN", "salah")
    status, said = await apel("check")
    assert (status, "; periksa APEL_WHATSAPP_TOKEN, izin" in said) == (1, True)


async def test_a_meta_that_is_not_there_is_told_in_one_sentence(apel, meta):
    await meta._http.stop()
    status, said = await apel("check")
    assert (status, said.startswith("WhatsApp: Meta tidak dapat dihubungi")) == (1, True)


async def test_an_invitation_says_what_to_send_and_to_what_one_agrees_though_meta_does_not_answer(apel, meta):
    await apel("add", "Dinas Kominfo", command=["office"])
    asked = ("--unit", "Dinas Kominfo", "--role", "sekretaris")
    status, said = await apel(*asked, command=["invite"])
    assert (status, "wa.me/628110000001?text=Gabung" in said) == (0, True)
    await meta._http.stop()
    status, said = await apel(*asked, command=["invite"])
    assert status == 0
    assert "Tautan WhatsApp belum dapat dibuat" in said
    assert re.search(r"mengirim Gabung [A-Z0-9]{16} ke nomor WhatsApp kantor\.", said)
    assert "Anda menyetujui menerima pesan WhatsApp dari Dinas Kominfo" in said
    assert "TELEGRAM" not in said
    assert "menekan tautan" not in said


async def test_without_whatsapp_there_is_nothing_to_check(apel, monkeypatch):
    for name in ("APP_SECRET", "BUSINESS_ACCOUNT_ID", "PHONE_ID", "TOKEN", "VERIFY_TOKEN"):
        monkeypatch.setenv(f"APEL_WHATSAPP_{name}", "")
    result = await asyncio.to_thread(CliRunner().invoke, cli, ["whatsapp", "templates", "check"])
    assert (result.exception.name, result.exception.key) == ("APEL_WHATSAPP_TOKEN", "whatsapp_missing")


def test_nothing_at_meta_is_everything_missing():
    assert {standing.state for standing in compared([])} == {"template_missing"}
