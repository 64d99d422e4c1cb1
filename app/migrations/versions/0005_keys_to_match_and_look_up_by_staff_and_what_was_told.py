"""keys to match and look up by, pharmacy staff, ended designees, what was told by the clock

Revision: 0005
After: 0004
Made: 2026-11-26 00:10:00
"""

import sqlalchemy as sa
from alembic import op

import registry.moments
from registry.certification import reconfirm_by
from registry.names import plain_name
from registry.parties import Pharmacy

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MADE = {
    'registry_patients': ('first_name_key',),
    'registry_prescribers': ('first_name_key', 'city_key'),
    'registry_pharmacies': ('city_key',),
    'registry_pharmacy_locations': ('name_key',),
}
TOGETHER = {
    'registry_patients': (('last_name_key', 'date_of_birth'), ('first_name_key', 'date_of_birth')),
    'registry_prescribers': (
        ('zip',), ('last_name_key', 'first_name_key'), ('last_name_key', 'zip'), ('first_name_key', 'zip'),
        ('city_key', 'last_name_key'), ('city_key', 'first_name_key'),
    ),
    'registry_pharmacies': (('city_key',), ('reconfirm_by',)),
    'registry_pharmacy_locations': (('zip',), ('name_key',)),
    'registry_audit': (('record', 'at'),),
}


def upgrade() -> None:
    with op.batch_alter_table('registry_designees', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', registry.moments.UtcDateTime(), nullable=True))
    op.create_table('registry_staff',
    sa.Column('staff_id', sa.String(), nullable=False),
    sa.Column('pharmacy_npi', sa.String(), nullable=False),
    sa.Column('first_name', sa.String(), nullable=False),
    sa.Column('last_name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('invited_by', sa.String(), nullable=False),
    sa.Column('invited_at', registry.moments.UtcDateTime(), nullable=False),
    sa.Column('accepted_at', registry.moments.UtcDateTime(), nullable=True),
    sa.Column('ended_at', registry.moments.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('staff_id')
    )
    op.create_index('ix_registry_staff_pharmacy_npi', 'registry_staff', ['pharmacy_npi'], unique=False)
    op.create_index('ix_registry_staff_email', 'registry_staff', ['email'], unique=False)
    op.create_table('registry_told',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('occasion', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('told_at', registry.moments.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'occasion', 'stage')
    )
    for table, names in MADE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('registry_pharmacies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reconfirm_by', sa.Date(), nullable=True))
    _fill()
    for table, names in MADE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.alter_column(name, existing_type=sa.String(), existing_nullable=False, server_default=None)
    for table, indexes in TOGETHER.items():
        for several in indexes:
            op.create_index(f"ix_{table}_{'_'.join(several)}", table, list(several), unique=False)
    # the index over last name and birth date serves the last name alone too
    op.drop_index('ix_registry_patients_last_name_key', table_name='registry_patients')


def _fill() -> None:
    """The made columns of what stands there already, from its own columns."""
    sources = {'first_name_key': 'first_name', 'city_key': 'city', 'name_key': 'name'}
    connection = op.get_bind()
    for table, names in MADE.items():
        key = 'patient_id' if table == 'registry_patients' else 'npi'
        columns: list[sa.ColumnClause[str]] = [sa.column(key), *(sa.column(sources[name]) for name in names)]
        found = connection.execute(sa.select(*columns).select_from(sa.table(table))).all()
        values = [
            {'row_key': row[0], **{f'new_{name}': plain_name(value or '') for name, value in zip(names, row[1:])}}
            for row in found
        ]
        if values:
            target = sa.table(table, sa.column(key), *(sa.column(name) for name in names))
            change = sa.update(target).where(target.c[key] == sa.bindparam('row_key'))
            connection.execute(change.values({name: sa.bindparam(f'new_{name}') for name in names}), values)
    moment, day = registry.moments.UtcDateTime(), sa.Date()
    pharmacies = sa.table('registry_pharmacies', sa.column('npi'), sa.column('certified_at', moment),
                          sa.column('reconfirmed_at', moment), sa.column('reconfirm_by', day))
    for npi, certified_at, reconfirmed_at, _ in connection.execute(sa.select(pharmacies)).all():
        until = reconfirm_by(Pharmacy(npi, certified_at=certified_at, reconfirmed_at=reconfirmed_at))
        connection.execute(sa.update(pharmacies).where(pharmacies.c.npi == npi).values(reconfirm_by=until))


def downgrade() -> None:
    op.create_index('ix_registry_patients_last_name_key', 'registry_patients', ['last_name_key'], unique=False)
    for table, indexes in TOGETHER.items():
        for several in indexes:
            op.drop_index(f"ix_{table}_{'_'.join(several)}", table_name=table)
    with op.batch_alter_table('registry_pharmacies', schema=None) as batch_op:
        batch_op.drop_column('reconfirm_by')
    for table, names in MADE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.drop_column(name)
    op.drop_table('registry_told')
    op.drop_table('registry_staff')
    with op.batch_alter_table('registry_designees', schema=None) as batch_op:
        batch_op.drop_column('ended_at')
