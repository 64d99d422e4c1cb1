"""The API over a seeded world: Ann certified, Corner Drugs certified, Maria enrolled, and tokens for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.api.giving import new_token
from app.api.storage import add_token
from app.api.tokens import PartyKind, Scope
from app.web import for_programs
from registry import storage
from registry.patients import Patient
from tests.app.driving import Driven
from tests.registry.world import ANN, BEA, CLINIC, CORNER, DAY_ONE, DISTRIBUTOR, OTHER_PRESCRIBER, PHARMACY, World, day, on

RAY, ANNS_EMAIL, DONS_EMAIL = "ray@example.org", "ann@example.org", "don@example.org"


def _seed(session: Session) -> None:
    world = World(session)
    world.patient()
    world.prescriber(values=OTHER_PRESCRIBER)
    world.designee()
    world.pharmacy()
    clinic = {**PHARMACY, "pharmacy_name": "CLINIC DRUGS", "pharmacy_npi": CLINIC, "ar_email": "kim@example.org"}
    world.pharmacy(**clinic)
    world.send("distributor_enrollment", DISTRIBUTOR, DAY_ONE, ("ar",))


class WebWorld:
    """A service with a seeded registry, and clients that hold tokens."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.driven = Driven(folder, _seed)
        self.house = self.driven.house
        self.house.settings = self.house.settings.model_copy(update={"api_burst": 100_000, "public_burst": 100_000, **settings})
        self.now = DAY_ONE
        with self.house.database.reading() as session:
            self.maria = next(one.patient_id for one in storage.find(session, Patient, {}))
        self.now = day(1)
        self.web = for_programs(self.house)
        self.operator = self.client({"Authorization": f"Bearer {self.house.api_token()}"})
        self.corner = self.holding(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
        self.kit = self.holding(PartyKind.PHARMACY, CORNER, "Kit Roe", "kit@example.org")
        self.clinic = self.holding(PartyKind.PHARMACY, CLINIC, "Kim Hill", "kim@example.org")
        self.ann = self.holding(PartyKind.PRESCRIBER, ANN, "Ann Lee", ANNS_EMAIL)
        self.bea = self.holding(PartyKind.PRESCRIBER, BEA, "Bea Fox", "bea@example.org")
        self.don = self.holding(PartyKind.DESIGNEE, ANN, "Don May", DONS_EMAIL)
        self.wide = self.holding(PartyKind.DISTRIBUTOR, "A1B2C3D40", "Sue Pike", "sue@example.org")
        self.anybody = self.client({})

    @property
    def now(self) -> datetime:
        """The service's clock."""
        return self.driven.clock.now

    @now.setter
    def now(self, at: datetime) -> None:
        self.driven.clock.now = at

    def client(self, headers: Mapping[str, str]) -> TestClient:
        """A client under the API's address."""
        return TestClient(self.web, base_url="http://testserver/api/v1", headers=dict(headers), raise_server_exceptions=False)

    def token(self, kind: PartyKind, identifier: str, person: str, email: str, *scopes: Scope, days: int = 365) -> str:
        """A token as its holder keeps it."""
        ends = self.now + timedelta(days=days)
        token, text = new_token(kind, identifier, "", person, email, scopes, self.now, ends)
        with self.house.database.writing() as session:
            add_token(session, token)
        return text

    def holding(self, kind: PartyKind, identifier: str, person: str, email: str, *scopes: Scope) -> TestClient:
        """A client that holds a new token."""
        return self.client({"Authorization": f"Bearer {self.token(kind, identifier, person, email, *scopes)}"})

    def check(self, client: TestClient | None = None, npi: str = CORNER, **headers: str) -> dict[str, Any]:
        """A dispense check on Maria."""
        asked = {"pharmacy_npi": npi, "patient_id": self.maria}
        answer = (client or self.corner).post("dispense-checks", json=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def lab(self, anc: float = 1850, number: int = 1, **values: Any) -> dict[str, Any]:
        """A body of an ANC Lab Reporting Form about Maria."""
        row = {"labs.0.draw_date": on(number), "labs.0.anc": anc}
        return {"form": "anc_lab_reporting", "values": {"patient_id": self.maria, **row, **values}}

    def close(self) -> None:
        """Close the database."""
        self.house.database.close()
