"""whose form a party's details are from

Revision: 0008
After: 0007
Made: 2026-11-26 02:19:42.323698
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('registry_pharmacies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('details_as_of', sa.DateTime(), nullable=True))

    with op.batch_alter_table('registry_prescribers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('details_as_of', sa.DateTime(), nullable=True))



    for table in ('registry_pharmacies', 'registry_prescribers'):
        op.execute(f"UPDATE {table} SET details_as_of = form_received_at")


def downgrade() -> None:
    with op.batch_alter_table('registry_prescribers', schema=None) as batch_op:
        batch_op.drop_column('details_as_of')

    with op.batch_alter_table('registry_pharmacies', schema=None) as batch_op:
        batch_op.drop_column('details_as_of')

