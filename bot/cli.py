"""apel: the command line. Every sentence it prints is in the catalogue; every command is thin.

Exit status: 0 done, 1 the answer is no (a pack is bad, a check failed), 2 a missing or wrong setting or argument.
"""

import asyncio
import gc
import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NoReturn

import click

from bot import asking, evaluating, holding, unanswered
from bot.config import Settings, WrongSetting, check_timezone, prepare_place
from bot.demo import play
from bot.holding import Decision
from bot.installation import WRONG_SETTING, NoSuchSeat, check_installation, deliveries_of, invite_to, open_office
from bot.invitations import links_shown
from bot.log_setup import setup_logging
from bot.offices import LONGEST_NAME, WrongName
from bot.running import run
from bot.terminal import fail, say
from bot.whatsapp_commands import whatsapp_group
from content.errors import InvalidRegulation, UnknownRegulation
from content.markup import plain_text
from content.regulation import Regulation
from content.regulation_loader import check_packs, load_regulations, regulation_json
from content.rendering import render
from scheduler.clock import SystemClock
from storage.backup import back_up, restore
from storage.engine import is_postgresql
from storage.errors import AlreadyExists, InUse, NewerSchema, NotFound, NotOurs, Unavailable
from storage.migrate import upgrade
from storage.models import Role


def main() -> NoReturn:
    """The console script."""
    try:
        cli.main(prog_name="apel", standalone_mode=False)
    except WrongSetting as error:
        fail(f"setting/{error.key}", name=error.name)
    except InvalidRegulation as error:
        fail("command/pack_refused", file=error.file, key=error.key, reason=error.reason)
    except UnknownRegulation as error:
        fail("command/no_regulation", id=str(error))
    except Unavailable:
        fail("setting/database_down", name="APEL_DATABASE_URL")
    except NewerSchema:
        fail("setting/database_newer", name="APEL_DATABASE_URL")
    except click.UsageError as error:
        fail("command/usage", **_misused(error))
    except click.Abort:
        sys.exit(130)
    except Exception:  # a defect: its trace goes to the log, where no token is shown
        logging.getLogger(__name__).exception("ended by a defect")
        sys.exit(1)
    sys.exit(0)


def _misused(error: click.UsageError) -> dict[str, object]:
    """Where the command line went wrong: the command, what of it, and what it could have been."""
    parameter = getattr(error, "param", None)
    choices = parameter.type.choices if parameter is not None and isinstance(parameter.type, click.Choice) else ()
    name = parameter.opts[0] if parameter is not None else getattr(error, "option_name", None)
    return {"command": error.ctx.command_path if error.ctx else "apel", "what": name, "choices": list(choices)}


def _regulation(regulation_id: str) -> Regulation:
    found = load_regulations().get(regulation_id)
    if found is None:
        raise UnknownRegulation(regulation_id)
    return found


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="apel")
def cli() -> None:
    """Apel: bot budaya kerja untuk pemerintah daerah."""
    setup_logging("text", level=logging.WARNING)  # a command answers in sentences; `run` sets up its own


cli.add_command(whatsapp_group)


@cli.command("run")
def run_command() -> None:
    """Jalankan bot."""
    settings = Settings.from_environment()
    gc.freeze()  # the program itself is no garbage: each search through it would hold up all sends for 0.1 s
    asyncio.run(run(settings))


@cli.command("demo")
def demo_command() -> None:
    """Coba bot di terminal ini, tanpa token."""
    sys.exit(asyncio.run(play(interactive=sys.stdin.isatty() and sys.stdout.isatty())))


@cli.command("migrate")
def migrate_command() -> None:
    """Siapkan atau perbarui basis data."""
    settings = Settings.from_environment()
    prepare_place(settings.database_url)
    asyncio.run(upgrade(settings.database_url))
    say("command/migrated")


@cli.command("check")
def check_command() -> None:
    """Periksa pengaturan, isi, basis data, dan token."""
    verdicts = asyncio.run(check_installation(Settings.from_environment()))
    for key, parameters in verdicts:
        say(key, **parameters)
    keys = {key for key, _ in verdicts}
    if keys & WRONG_SETTING:
        sys.exit(2)
    if any(key.endswith("_bad") for key in keys):
        sys.exit(1)


@cli.group("regulations")
def regulations_group() -> None:
    """Peraturan yang tersedia."""


@regulations_group.command("list")
def list_regulations() -> None:
    """Daftar peraturan."""
    for regulation in load_regulations().values():
        say("command/regulation", id=regulation.id, title=regulation.title)


@regulations_group.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_regulations(folder: Path | None) -> None:
    """Periksa semua berkas peraturan, atau semua berkas .yaml di FOLDER."""
    bad = False
    for pack in check_packs(folder):
        if isinstance(pack, InvalidRegulation):
            say("command/pack_refused", file=pack.file, key=pack.key, reason=pack.reason)
            bad = True
        else:
            behaviours = sum(len(value.behaviours) for value in pack.values)
            say("command/pack_good", id=pack.id, values=len(pack.values), behaviours=behaviours)
    if bad:
        sys.exit(1)


@regulations_group.command("export")
@click.argument("regulation_id")
def export_regulation(regulation_id: str) -> None:
    """Cetak satu peraturan sebagai JSON."""
    click.echo(regulation_json(_regulation(regulation_id)))


@cli.group("office")
def office_group() -> None:
    """Kantor yang dilayani."""


@office_group.command("add")
@click.argument("name")
@click.option("--regulation", "regulation_id", help="Peraturan yang dianut (lihat: apel regulations list).")
@click.option("--timezone", help="Zona waktu, misalnya Asia/Makassar.")
def add_office_command(name: str, regulation_id: str | None, timezone: str | None) -> None:
    """Daftarkan kantor."""
    settings = Settings.from_environment()
    if regulation_id is None and settings.regulation not in load_regulations():
        raise WrongSetting("APEL_REGULATION", "regulation")
    regulation = _regulation(regulation_id or settings.regulation)
    if timezone is not None:
        check_timezone("--timezone", timezone)
    try:
        office = asyncio.run(open_office(settings, name, regulation, timezone))
    except AlreadyExists:
        fail("command/office_exists", name=name)
    except WrongName:
        fail("command/office_name", longest=LONGEST_NAME)
    say("command/office_added", name=office.name, title=regulation.title, timezone=office.timezone)


@cli.command("invite")
@click.option("--unit", required=True, help="Nama kantor.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Kedudukan.")
def invite_command(unit: str, role: str) -> None:
    """Buat kode undangan sekali pakai."""
    try:
        invitation = asyncio.run(invite_to(Settings.from_environment(), unit, Role(role)))
    except NotFound:
        fail("command/no_office", name=unit)
    except NoSuchSeat as error:
        fail("command/no_seat", name=unit, role=role, seats=error.seats)
    links = links_shown(invitation.links)
    say("command/invited", code=invitation.code, links=links, expires=invitation.expires, office=unit)


@cli.command("deliveries")
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Bulan, misalnya 2026-11; tanpa ini bulan ini.")
def deliveries_command(unit: str | None, month: datetime | None) -> None:
    """Lihat kiriman sebulan: yang diterima server, terlambat, atau tidak keluar."""
    try:
        records = asyncio.run(deliveries_of(Settings.from_environment(), unit, month.date() if month else None))
    except NotFound:
        fail("command/no_office", name=unit)
    for parameters in records:
        say("ledger/month", **parameters)


@cli.group("hold", invoke_without_command=True)
@click.pass_context
def hold_group(context: click.Context) -> None:
    """Kiriman yang ditahan sesudah pemulihan data atau gangguan panjang."""
    if context.invoked_subcommand is None:
        context.invoke(list_held)


@hold_group.command("list")
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
def list_held(unit: str | None) -> None:
    """Lihat yang ditahan."""
    try:
        offices = asyncio.run(holding.held(Settings.from_environment(), unit))
    except NotFound:
        fail("command/no_office", name=unit)
    for parameters in offices:
        say("hold/list", **parameters)
    if not offices:
        say("hold/nothing")


@hold_group.command("release")
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
def release_held(unit: str | None) -> None:
    """Kirim yang ditahan dan belum melewati batas terlambatnya."""
    _decide_held(unit, Decision.RELEASE, "hold/office_released")


@hold_group.command("discard")
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
def discard_held(unit: str | None) -> None:
    """Batalkan yang ditahan."""
    _decide_held(unit, Decision.DISCARD, "hold/office_discarded")


def _decide_held(unit: str | None, decision: Decision, key: str) -> None:
    try:
        offices = asyncio.run(holding.decide(Settings.from_environment(), unit, decision))
    except NotFound:
        fail("command/no_office", name=unit)
    for parameters in offices:
        say(key, **parameters)
    if not offices:
        say("hold/nothing")


@hold_group.command("mark")
def mark_restored_command() -> None:
    """Tandai basis data yang dipulihkan dengan alat lain (pg_restore)."""
    asyncio.run(holding.mark_restored(Settings.from_environment()))
    say("hold/marked")


@cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Salin basis data ke FILE, juga selagi bot berjalan."""
    url = Settings.from_environment().database_url
    if is_postgresql(url):
        fail("command/backup_postgresql", file=file)
    if not os.access(file.absolute().parent, os.W_OK):
        fail("command/backup_place", file=file)
    try:
        copy = back_up(url, file)
    except AlreadyExists:
        fail("command/backup_exists", file=file)
    except NotOurs:
        fail("command/backup_nothing", name="APEL_DATABASE_URL")
    say("command/backed_up", file=file, size=copy.size, **copy.counts)


@cli.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Pulihkan basis data dari FILE; yang lama disimpan di sebelahnya."""
    url = Settings.from_environment().database_url
    if is_postgresql(url):
        fail("command/restore_postgresql", file=file)
    prepare_place(url)
    try:
        copy = restore(url, file, SystemClock().now())
    except InUse:
        fail("command/restore_in_use", name="APEL_DATABASE_URL")
    except NotOurs:
        fail("command/restore_refused", file=file)
    except NewerSchema:
        fail("command/restore_newer", file=file)
    say("command/restored", file=file, size=copy.size, kept=copy.kept, **copy.counts)


@cli.command("ask")
@click.option("--regulation", "regulation_id", help="Peraturan si penanya.")
@click.option("--jsonl", is_flag=True, help="Baca baris JSON dari masukan standar.")
@click.argument("question", required=False)
def ask_command(regulation_id: str | None, question: str | None, *, jsonl: bool) -> None:
    """Tanya peraturan."""
    if jsonl:
        for line in sys.stdin.buffer:
            if line.strip():
                click.echo(asking.answer_line(load_regulations(), line))
        return
    if not question or not regulation_id:
        fail("command/ask_usage")
    click.echo(asking.answer_text(_regulation(regulation_id), question))


@cli.command("evaluate")
@click.option("--regulation", "regulation_id", help="Hanya pertanyaan dari peraturan ini.")
@click.argument("file", type=click.File("rb"))
def evaluate_command(file: BinaryIO, regulation_id: str | None) -> None:
    """Ukur ketepatan jawaban atas pertanyaan dalam FILE (baris JSON)."""
    regulations = load_regulations()
    chosen = [_regulation(regulation_id).id] if regulation_id else list(regulations)
    try:
        questions = evaluating.read_questions(file, regulations)
    except evaluating.WrongQuestions as error:
        fail("command/questions_refused", file=file.name, line=error.line)
    verdicts = list(evaluating.verdicts_on((item for item in questions if item.regulation in chosen), regulations))
    say(
        "command/scores",
        total=evaluating.scores(verdicts),
        parts=evaluating.by_part(verdicts),
        confusions=evaluating.confusions(verdicts),
    )


@cli.group("questions", invoke_without_command=True)
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
@click.pass_context
def questions_group(context: click.Context, unit: str | None) -> None:
    """Pertanyaan yang belum terjawab baik, tanpa nama penanyanya."""
    if context.invoked_subcommand is not None:
        return
    try:
        offices = asyncio.run(unanswered.listed(Settings.from_environment(), unit))
    except NotFound:
        fail("command/no_office", name=unit)
    for parameters in offices:
        say("question/office", **parameters)


@questions_group.command("export")
@click.option("--unit", help="Nama kantor; tanpa ini semua kantor.")
def export_questions(unit: str | None) -> None:
    """Cetak yang sudah dipetakan sebagai YAML untuk bank pertanyaan."""
    try:
        text = asyncio.run(unanswered.exported(Settings.from_environment(), unit))
    except NotFound:
        fail("command/no_office", name=unit)
    if text:
        click.echo(text, nl=False)
    else:
        click.echo(plain_text(render("question/none").text), err=True)
