"""Small real faxes of a typed status form, and the people that a test says are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from PIL import Image

from intake.fax import GrayImage
from intake.known import KnownParty, NobodyKnown
from intake.read_fax import Reader, ReadFax, read_fax
from tests.reading.paper import Machine

TODAY = date(2026, 11, 23)
VALUES = {
    "patient_first_name": "Marigold",
    "patient_last_name": "Quimby",
    "patient_date_of_birth": "03141972",
    "patient_zip": "22101",
    "prescriber_first_name": "Anselm",
    "prescriber_last_name": "Okonedo",
    "prescriber_npi": "1649246166",
    "prescriber_phone": "2025550143",
    "prescriber_fax": "2025550144",
    "submitter": "prescriber",
    "labs.0.draw_date": "11172026",
    "labs.0.anc": "3773",
    "labs.0.band": "normal",
    "signature_prescriber": "sign",
    "signature_prescriber_date": "11202026",
}


def dropped(folder: Path, sheets: Sequence[GrayImage], machine: Machine) -> Path:
    """The sheets as a multi-page TIFF-F."""
    images = []
    for sheet in sheets:
        rows = 98 if machine.standard else 196
        square = machine.send(sheet).image
        small = Image.fromarray(square).resize((1728, round(square.shape[0] * rows / 200)))
        images.append(small.point(lambda gray: 255 if gray > 128 else 0).convert("1"))
    path = folder / "fax.tif"
    dpi = (204, 98 if machine.standard else 196)
    images[0].save(path, save_all=True, append_images=images[1:], compression="group4", dpi=dpi)
    return path


def read(path: Path, reader: Reader) -> ReadFax:
    return read_fax(path, reader, NobodyKnown(), TODAY)


class KnownFrom:
    """Everybody of a list, whoever is asked for."""

    def __init__(self, *parties: KnownParty) -> None:
        self.parties = parties

    def candidates(self, kind: str, read: Mapping[str, Sequence[str]]) -> Sequence[KnownParty]:
        return [party for party in self.parties if party.kind == kind]


def patient(**values: str) -> KnownParty:
    return KnownParty(
        "patient", {"first_name": "Marigold", "last_name": "Quimby", "date_of_birth": "1972-03-14", "zip": "22101", **values}
    )
