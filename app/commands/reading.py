"""`remsfax read`: read faxes without a database, one JSON line per file."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.output import REFUSED, SERVICE_MISSING, WRONG_USAGE, AsJson, json_line, note, stop, table

if TYPE_CHECKING:
    from intake.known import KnownParties
    from intake.read_fax import Reader


def read(
    files: Annotated[list[Path], typer.Argument(help="TIFF or PDF files.")],
    known: Annotated[
        Path | None, typer.Option(help="JSON Lines of known parties to verify against.", exists=True, dir_okay=False)
    ] = None,
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of receipt; else the sidecar's, else the file's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read faxes and print what stands on them; exit status 1 if any file was refused."""
    parties = _parties(known)
    reader = _reader()
    refused = False
    for number, file in enumerate(files, start=1):
        began = time.monotonic()
        line = read_line(file, reader, parties, None if received is None else received.date())
        refused = refused or line["refused"] is not None
        note(f"{number}/{len(files)} {file} {time.monotonic() - began:.1f} s")
        if as_json:
            json_line(line)
        else:
            _show(line)
    if refused:
        raise typer.Exit(REFUSED)


def plain_arguments(given: Sequence[str]) -> dict[str, Any] | None:
    """What typer would hand to `read` for a command line without anything out of the ordinary; None leaves it to typer.

    Typer loads pydantic to do so, a third of the CPU that starting to read costs, and a process a fax pays it each time.
    """
    if given[:1] != ["read"]:
        return None
    told: dict[str, Any] = {"files": [], "known": None, "received": None, "as_json": False}
    left = iter(given[1:])
    for word in left:
        if word == "--json":
            told["as_json"] = True
        elif word in ("--known", "--received") and told[word[2:]] is None:
            told[word[2:]] = next(left, "")
        elif word.startswith("-") or not word:
            return None
        else:
            told["files"].append(Path(word))
    try:
        told["received"] = None if told["received"] is None else datetime.strptime(told["received"], "%Y-%m-%d")  # noqa: DTZ007
    except ValueError:
        return None
    told["known"] = None if told["known"] is None else Path(told["known"])
    usable = told["files"] and (told["known"] is None or (told["known"].is_file() and os.access(told["known"], os.R_OK)))
    return told if usable else None


def read_line(file: Path, reader: Reader, known: KnownParties, received: date | None) -> dict[str, Any]:
    """One file in the shape of the outside contract."""
    from intake.errors import UnreadableFax
    from intake.read_fax import read_fax
    from intake.reading_json import fax_reading_to_json

    line: dict[str, Any] = {"file": str(file), "sha256": None, "pages": 0, "refused": None}
    nothing: dict[str, Any] = {"cpu_seconds": 0.0, "documents": [], "other_pages": []}
    began = time.process_time()
    try:
        if file.is_file():
            with file.open("rb") as stream:
                line["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
        return line | fax_reading_to_json(read_fax(file.absolute(), reader, known, received or day_of_receipt(file)).reading)
    except UnreadableFax as problem:
        refusal = {"reason": problem.reason, "detail": problem.detail}
    except OSError as problem:
        refusal = {"reason": "not_accessible", "detail": problem.strerror or str(problem)}
    return line | nothing | {"refused": refusal, "cpu_seconds": round(time.process_time() - began, 3)}


def day_of_receipt(file: Path) -> date:
    """As the watched folder tells it: the sidecar's `received_at` if there is one, else the file's own time. UTC."""
    sidecar = file.with_suffix(".json")
    if sidecar.is_file():
        try:
            said = json.loads(sidecar.read_text(encoding="utf-8"))
            return datetime.fromisoformat(said["received_at"]).astimezone(UTC).date()
        except (ValueError, KeyError, TypeError, OSError):
            pass  # a sidecar without a usable time is as good as none
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()


def _parties(known: Path | None) -> KnownParties:
    if known is None:
        from intake.known import NobodyKnown

        return NobodyKnown()
    from app.known_parties import BadKnownFile, PartiesOfFile  # brings SQLAlchemy, a quarter of a second of CPU

    try:
        return PartiesOfFile.load(known)
    except BadKnownFile as problem:
        stop(str(problem), WRONG_USAGE)


def _reader() -> Reader:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy loads; two processes do more than two threads
        os.environ.setdefault(name, "1")
    from intake.forms.catalogue import load_catalogue
    from intake.ocr.certainty import BadCalibration, Calibration
    from intake.ocr.engine import EngineFailed
    from intake.read_fax import Reader

    try:
        return Reader(load_catalogue(), Calibration.load(_calibration()))
    except BadCalibration as problem:
        stop(f"REMSFAX_CALIBRATION: {problem}", WRONG_USAGE)
    except EngineFailed as problem:
        stop(f"reading needs a program that is missing: {problem}", SERVICE_MISSING)


def _calibration() -> Path | None:
    """The calibration in force; settings are only loaded where one of them may be set, for that takes a fifth of a second."""
    if not os.environ.get("REMSFAX_CALIBRATION") and not Path(".env").is_file():
        return None
    from app.settings import Settings

    return Settings().calibration


def _show(line: dict[str, Any]) -> None:
    """For people: each document with its fields, doubtful ones marked."""
    if line["refused"] is not None:
        print(f"{line['file']}: refused ({line['refused']['reason']}): {line['refused']['detail']}")
        return
    print(f"{line['file']}: {line['pages']} pages, {len(line['documents'])} documents")
    for document in line["documents"]:
        pages = ", ".join(str(page["fax_page"]) for page in document["pages"])
        print(f"\n{document['form']} {document['revision']}, page {pages}, certainty {document['certainty']:.4f}")
        for problem in document["problems"]:
            print(f"  ! {problem['detail']}")
        rows = [
            [
                name,
                _value(one["value"]),
                f"{one['certainty']:.4f}",
                "" if one["accepted"] else "look",
                "; ".join(p["detail"] for p in one["problems"]),
            ]
            for name, one in document["fields"].items()
        ]
        table(["field", "value", "certainty", "", "problems"], rows)
    for page in line["other_pages"]:
        print(f"\npage {page['fax_page']}: {page['kind'].replace('_', ' ')}")


def _value(value: object) -> str:
    return "" if value is None else str(value)
