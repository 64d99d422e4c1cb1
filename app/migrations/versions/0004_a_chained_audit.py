"""a chained audit

Revision: 0004
After: 0003
Made: 2026-11-26 00:10:00
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

SUBJECT_FIELDS = ("patient_id", "kept_id", "parent_npi", "prescriber_npi", "npi", "distributor_id", "pharmacy_npi")

audit = sa.table(
    'registry_audit',
    sa.column('entry', sa.Integer), sa.column('at', sa.DateTime), sa.column('actor', sa.String), sa.column('channel', sa.String),
    sa.column('submission_id', sa.String), sa.column('reference', sa.String), sa.column('record', sa.String),
    sa.column('record_key', sa.String), sa.column('subject', sa.String), sa.column('before', sa.JSON), sa.column('after', sa.JSON),
    sa.column('reason', sa.String), sa.column('previous', sa.String), sa.column('hash', sa.String),
    sa.column('fax_pages', sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table('registry_audit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('fax_pages', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('reason', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('previous', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
    head = op.create_table('registry_audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    number, last = seal_what_stands(op.get_bind())
    op.bulk_insert(head, [{'id': 1, 'entry': number, 'hash': last}])
    with op.batch_alter_table('registry_audit', schema=None) as batch_op:
        batch_op.alter_column('previous', existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column('hash', existing_type=sa.String(length=64), nullable=False)
        batch_op.create_index(batch_op.f('ix_registry_audit_subject'), ['subject'], unique=False)


def seal_what_stands(connection: sa.Connection) -> tuple[int, str]:
    """Numbers the entries without gaps (a rolled back transaction left some on PostgreSQL) and chains them, in order.

    A frozen copy of what `registry.audit_chain` does. A new number is never above the old one, so none is met twice.
    """
    change = audit.update().where(audit.c.entry == sa.bindparam('old')).values(
        entry=sa.bindparam('number'), subject=sa.bindparam('whose'), reason=sa.bindparam('why'),
        previous=sa.bindparam('before_it'), hash=sa.bindparam('sealed'),
    )
    number, old, last = 0, -1, '0' * 64
    while rows := connection.execute(
        sa.select(audit).where(audit.c.entry > old).order_by(audit.c.entry).limit(1000)
    ).mappings().all():
        changes = []
        for row in rows:
            old = row['entry']
            number += 1
            whose = next((str(row['after'][name]) for name in SUBJECT_FIELDS if row['after'].get(name) is not None), None)
            content = dict(row) | {
                'entry': number, 'at': row['at'].replace(tzinfo=UTC).isoformat(), 'subject': whose,
                'reason': row['after'].get('cause'), 'previous': last,
            }
            del content['hash']
            text = json.dumps(content, sort_keys=True, separators=(',', ':'), allow_nan=False)
            sealed = hashlib.sha256(text.encode('ascii')).hexdigest()
            changes.append({
                'old': old, 'number': number, 'whose': whose, 'why': content['reason'], 'before_it': last, 'sealed': sealed,
            })
            last = sealed
        connection.execute(change, changes)
    return number, last


def downgrade() -> None:
    op.drop_table('registry_audit_head')
    with op.batch_alter_table('registry_audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_registry_audit_subject'))
        batch_op.drop_column('hash')
        batch_op.drop_column('previous')
        batch_op.drop_column('reason')
        batch_op.drop_column('fax_pages')
        batch_op.drop_column('subject')
    if op.get_bind().dialect.name == 'postgresql':  # entries came with numbers of their own meanwhile
        op.execute("SELECT setval(pg_get_serial_sequence('registry_audit', 'entry'), (SELECT max(entry) FROM registry_audit))")
