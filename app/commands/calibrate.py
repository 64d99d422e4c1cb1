"""`remsfax calibrate`: fit how sure a reading is, from labelled faxes and what people said at the desk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, ready


def calibrate(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders of faxes, each with NAME.expected.json beside it.", exists=True, file_okay=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the calibration here; without it nothing is written.")] = None,
    readings: Annotated[
        str, typer.Option(help="Name of a file in each folder with the lines of `remsfax read --json`, to save reading again.")
    ] = "",
    desk: Annotated[bool, typer.Option(help="Also take what people settled at the desk.")] = False,
    afresh: Annotated[
        bool, typer.Option(help="The readers were changed: fit without regard for the calibration in force, loosening or not.")
    ] = False,
    data: Data = None,
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the faxes of the folders were received.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Name of the new calibration; else the day and what it was fitted on.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Faxes read at a time.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Fit certainty and acceptance bars; exit status 1 if a bar was not loosened for want of evidence."""
    from app import calibrating
    from app.settings import Settings
    from intake.ocr.calibrating import fit
    from intake.ocr.certainty import PRIOR, BadCalibration, Calibration

    if not folders and not desk:
        stop("name a folder of labelled faxes, or take the desk's answers with --desk", WRONG_USAGE)
    try:
        in_force = Calibration.load(Settings().calibration)
    except BadCalibration as problem:
        stop(str(problem), WRONG_USAGE)
    labelled = []
    for folder in folders or []:
        try:
            if readings:
                labelled += calibrating.of_readings(folder, folder / readings)
                continue
            note(f"reading the faxes of {folder} ...")
            labelled += calibrating.of_folder(folder, None if received is None else received.date(), processes)
        except calibrating.NothingLabelled as problem:
            stop(str(problem), WRONG_USAGE)
    if desk:
        with ready(data).database.reading() as session:
            labelled += list(calibrating.of_desk(session, calibrating.critical_fields()))
            labelled += list(calibrating.of_blind_keyings(session))
    if not labelled:
        stop("nothing was labelled: no curve can be fitted", WRONG_USAGE)
    name = version or f"{datetime.now().date().isoformat()}-{len(labelled)}"  # noqa: DTZ005 - a name for people, in their day
    fitted = fit(labelled, name, in_force, Calibration.load(PRIOR), afresh)
    rows = [
        [manner.value, curve.fitted_on, curve.wrong, f"{curve.bar_critical:.6f}", f"{curve.bar_ordinary:.6f}"]
        for manner, curve in fitted.calibration.curves.items()
    ]
    if as_json:
        for manner, curve in fitted.calibration.curves.items():
            kept = next((one.reason for one in fitted.kept if one.manner is manner), None)
            json_line({"manner": manner.value, "fitted_on": curve.fitted_on, "wrong": curve.wrong, "kept": kept,
                       "bar_critical": curve.bar_critical, "bar_ordinary": curve.bar_ordinary})  # fmt: skip
    else:
        table(["manner", "fields", "wrong", "bar, critical", "bar, ordinary"], rows)
    for one in fitted.kept:
        note(f"{one.manner.value}: the curve in force stays: {one.reason}")
    if out is not None:
        out.write_text(fitted.calibration.to_json(), encoding="utf-8")
        note(f"written to {out}; REMSFAX_CALIBRATION={out} puts it in force")
    if fitted.kept:
        raise typer.Exit(REFUSED)
