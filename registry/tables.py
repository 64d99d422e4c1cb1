"""The registry's tables, drawn from its records.

What: one table a record type, its columns the record's fields; beside them the tables of submissions, held ones and the audit.
Why: what a field means stands once, at its dataclass; a column that drifts from it cannot exist.
Refuses: a field type it has no column type for (TypeError when the module is loaded by a developer, never by an operator).
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, Select, String, Table, bindparam, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from registry.certification import reconfirm_by
from registry.dispensing import Authorization, Denial
from registry.moments import UtcDateTime
from registry.names import plain_name
from registry.parties import Account, Assessment, Designee, Distributor, Pharmacy, PharmacyLocation, Prescriber, Staff
from registry.patients import AncResult, Merge, Patient, Rationale, Statement, StatusChange, StatusForm, Withdrawal

R = TypeVar("R")


class Base(DeclarativeBase):
    """The metadata of the registry's floor, for migrations."""


class Coded(TypeDecorator[StrEnum]):
    """An enumeration's member, stored as its stable code."""

    impl = String
    cache_ok = True

    def __init__(self, enumeration: type[StrEnum]) -> None:
        super().__init__()
        self.enumeration = enumeration

    def process_bind_param(self, value: StrEnum | None, dialect: Any) -> str | None:
        """The member's code."""
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Any) -> StrEnum | None:
        """The member of a code."""
        return None if value is None else self.enumeration(value)


@dataclass(frozen=True)
class RecordTable(Generic[R]):
    """Where records of one type stand."""

    record: type[R]
    key: str  # the field that names a record
    table: Table

    def row(self, record: R) -> dict[str, Any]:
        """The columns of a record, with those made for searching."""
        values = {name: getattr(record, name) for name in self.names}
        if isinstance(record, Patient):
            values["name_key"] = name_key(record.first_name, record.last_name)
            values["last_name_key"] = plain_name(record.last_name)
            values["first_name_key"] = plain_name(record.first_name)
        elif isinstance(record, Prescriber):
            values["last_name_key"] = plain_name(record.last_name or "")
            values["first_name_key"] = plain_name(record.first_name or "")
            values["city_key"] = plain_name(record.city or "")
        elif isinstance(record, Pharmacy):
            values["name_key"] = plain_name(record.name or "")
            values["city_key"] = plain_name(record.city or "")
            values["reconfirm_by"] = reconfirm_by(record)
        elif isinstance(record, PharmacyLocation):
            values["name_key"] = plain_name(record.name or "")
        return values

    def of(self, row: Any) -> R:
        """The record in a row."""
        return self.record(**{name: row[name] for name in self.names})

    def first_of(self, row: Sequence[Any]) -> R:
        """The record at the beginning of a row that has the table's columns in their order: the quick way for one row."""
        return self.record(*row[: len(self.names)])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The record's fields, which are the table's first columns."""
        return tuple(one.name for one in fields(self.record))  # type: ignore[arg-type]

    @cached_property
    def by_key(self) -> Select[Any]:
        """The row whose key is the parameter `key`; built once, since every answer asks it."""
        return select(self.table).where(self.table.c[self.key] == bindparam("key"))

    @cached_property
    def by_key_locked(self) -> Select[Any]:
        """As `by_key`, and nobody else changes the row before the transaction ends."""
        return self.by_key.with_for_update(key_share=True)


def name_key(first_name: str, last_name: str) -> str:
    """How a patient's name is looked up: comparable last and first name."""
    return f"{plain_name(last_name)} {plain_name(first_name)}"


_COLUMN_TYPES: dict[type, type[TypeEngine[Any]]] = {
    str: String, bool: Boolean, int: Integer, float: Float, date: Date, datetime: UtcDateTime,
}  # fmt: skip


def _table(
    record: type[R],
    name: str,
    indexed: tuple[str, ...] = (),
    searched: tuple[str, ...] = (),
    *,
    made: tuple[Column[Any], ...] = (),
    together: tuple[tuple[str, ...], ...] = (),
) -> RecordTable[R]:
    """A record type's table: the first field is the key; `searched` (text, indexed) and `made` columns are made from the record,
    `together` are indexes over several columns."""
    hints = get_type_hints(record)
    names = [one.name for one in fields(record)]  # type: ignore[arg-type]
    columns: list[Column[Any]] = []
    for field in names:
        kind, nullable = unwrapped(hints[field])
        if issubclass(kind, StrEnum):
            columns.append(Column(field, Coded(kind), primary_key=field == names[0], nullable=nullable))
        elif kind in _COLUMN_TYPES:
            columns.append(Column(field, _COLUMN_TYPES[kind](), primary_key=field == names[0], nullable=nullable))
        else:
            raise TypeError(f"{record.__name__}.{field}: no column type for {kind}")
    columns += [Column(field, String, nullable=False) for field in searched]
    table = Table(name, Base.metadata, *columns, *made)
    for field in (*indexed, *searched):
        Index(f"ix_{name}_{field}", table.c[field])
    for several in together:
        Index(f"ix_{name}_{'_'.join(several)}", *(table.c[field] for field in several))
    return RecordTable(record, names[0], table)


def unwrapped(hint: Any) -> tuple[type, bool]:
    """The type behind `X | None`, and whether None may stand."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        return inner[0], True
    return hint, False


TABLES: dict[type, RecordTable[Any]] = {
    table.record: table
    for table in (
        _table(
            Prescriber,
            "registry_prescribers",
            ("dea", "fax", "email", "zip"),
            ("last_name_key",),
            made=(Column("first_name_key", String, nullable=False), Column("city_key", String, nullable=False)),
            together=(
                ("last_name_key", "first_name_key"),
                ("last_name_key", "zip"),
                ("first_name_key", "zip"),
                ("city_key", "last_name_key"),
                ("city_key", "first_name_key"),
            ),
        ),
        _table(Designee, "registry_designees", ("prescriber_npi", "email", "last_name")),
        _table(
            Pharmacy,
            "registry_pharmacies",
            ("ncpdp", "fax", "zip"),
            ("name_key", "city_key"),
            made=(Column("reconfirm_by", Date, index=True),),  # R75: the last day of the certification; none: not certified
        ),
        _table(PharmacyLocation, "registry_pharmacy_locations", ("parent_npi", "zip"), ("name_key",)),
        _table(Staff, "registry_staff", ("pharmacy_npi", "email")),
        _table(Distributor, "registry_distributors"),
        _table(Account, "registry_accounts"),
        _table(Assessment, "registry_assessments", ("npi",)),
        _table(
            Patient,
            "registry_patients",
            ("date_of_birth", "zip", "prescriber_npi", "last_form_at", "merged_into"),
            ("name_key",),
            made=(Column("last_name_key", String, nullable=False), Column("first_name_key", String, nullable=False)),
            together=(("last_name_key", "date_of_birth"), ("first_name_key", "date_of_birth")),
        ),
        _table(AncResult, "registry_anc_results", ("patient_id", "submission_id")),
        _table(Rationale, "registry_rationales", ("patient_id",)),
        _table(StatusForm, "registry_status_forms", ("patient_id",)),
        _table(Statement, "registry_statements", ("patient_id",)),
        _table(StatusChange, "registry_status_changes", ("patient_id",)),
        _table(Withdrawal, "registry_withdrawals", ("patient_id",)),
        _table(Merge, "registry_merges", ("kept_id", "absorbed_id")),
        _table(Authorization, "registry_authorizations", ("patient_id", "pharmacy_npi")),
        _table(Denial, "registry_dispense_denials", ("patient_id", "pharmacy_npi")),
    )
}
"""Every record type and its table."""

Index("ux_registry_patients_serial", TABLES[Patient].table.c.serial, unique=True)


class SubmissionRow(Base):
    """A submission and the answer it got, both as they were."""

    __tablename__ = "registry_submissions"

    submission_id: Mapped[str] = mapped_column(primary_key=True)  # made in app
    reference: Mapped[str] = mapped_column(index=True)  # as told to the sender
    form: Mapped[str]  # form code
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the fax
    admitted_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the registry decided
    admitted: Mapped[str]  # yes, no or partly
    patient_id: Mapped[str | None] = mapped_column(index=True)  # of the patient concerned, if one was found
    prescriber_npi: Mapped[str | None] = mapped_column(index=True)  # as the form has it
    submission: Mapped[dict[str, Any]] = mapped_column(JSON)  # the whole submission
    admission: Mapped[dict[str, Any]] = mapped_column(JSON)  # the whole answer


class SubjectRow(Base):
    """Whom a submission names (`registry.subjects`): the way from a person to every form, held and refused ones too."""

    __tablename__ = "registry_submission_subjects"

    subject: Mapped[str] = mapped_column(primary_key=True)  # a key, such as "npi:1234567893"
    submission_id: Mapped[str] = mapped_column(primary_key=True)  # of the form that names it


class CounterRow(Base):
    """Work that is done by one transaction at a time, over rows that nobody can lock since they are not there yet."""

    __tablename__ = "registry_counters"

    name: Mapped[str] = mapped_column(primary_key=True)  # such as "enrollment"
    value: Mapped[int]  # unused; a row is waited at by writing it


class ToldRow(Base):
    """What was told because time had come (R65, R75, R76): told once, whatever was down or runs twice."""

    __tablename__ = "registry_told"

    subject: Mapped[str] = mapped_column(primary_key=True)  # patient ID or pharmacy NPI; "clock" for a run of the clock work
    occasion: Mapped[str] = mapped_column(primary_key=True)  # ISO day that the stages are counted from
    stage: Mapped[str] = mapped_column(primary_key=True)  # a `registry.clock.Stage`
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when


class HeldRow(Base):
    """R35: a submission whose ANCs wait until its sender is certified or authorized."""

    __tablename__ = "registry_held"

    submission_id: Mapped[str] = mapped_column(primary_key=True)  # of the submission held
    npi: Mapped[str | None] = mapped_column(index=True)  # of whom it waits for, or a DEA number; None: neither given
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was held
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its ANCs began to count; None: still held


class AuditRow(Base):
    """One change of one record, never altered and never deleted (21 CFR 11.10); `registry.audit_chain` chains them."""

    __tablename__ = "registry_audit"

    entry: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # its number, from 1 without gaps
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was written
    actor: Mapped[str]  # a reviewer's sign-in name, "remsfax", or the pharmacy that asked
    channel: Mapped[str]  # fax, phone, web or import
    submission_id: Mapped[str | None] = mapped_column(index=True)  # what caused it
    reference: Mapped[str | None]  # of the fax
    fax_pages: Mapped[str | None]  # its pages that say so, such as "2, 3"
    record: Mapped[str]  # the record's type
    record_key: Mapped[str] = mapped_column(index=True)  # its key
    subject: Mapped[str | None] = mapped_column(index=True)  # patient ID or NPI the record belongs to
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: it is new
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None]  # why, in a sentence, where one was given
    previous: Mapped[str] = mapped_column(String(64))  # hash of the entry before
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 over all the other columns


Index("ix_registry_audit_record_at", AuditRow.record, AuditRow.at)  # what changed since a moment, for the distributors


class AuditHeadRow(Base):
    """Where the chain of audit entries ends; its one row is locked by whoever adds to the chain."""

    __tablename__ = "registry_audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    entry: Mapped[int]  # number of the last entry; 0: there is none
    hash: Mapped[str] = mapped_column(String(64))  # its hash
