"""the frequency a status form is judged by

Revision: 0002
After: 0001
Made: 2026-11-23 06:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.add_column(sa.Column('monitored', sa.String(), nullable=True))
    op.execute(
        "UPDATE registry_status_forms SET monitored = COALESCE((SELECT monitoring_frequency FROM registry_patients "
        "WHERE registry_patients.patient_id = registry_status_forms.patient_id), 'weekly')"
    )
    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.alter_column('monitored', existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.drop_column('monitored')
