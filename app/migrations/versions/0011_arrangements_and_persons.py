"""faxes put together anew, verdicts carried along, whom a form means

Revision: 0011
After: 0009
Made: 2026-11-26 03:25:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'intake_arrangements',
        sa.Column('fax_id', sa.String(length=40), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('arrangement', sa.JSON(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['fax_id'], ['intake_faxes.fax_id']),
        sa.PrimaryKeyConstraint('fax_id', 'number'),
    )
    with op.batch_alter_table('intake_faxes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('arranged', sa.Integer(), nullable=True))
    with op.batch_alter_table('review_verdicts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carried_from', sa.String(length=40), nullable=True))
    op.create_table(
        'review_persons',
        sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('item_id', sa.String(length=40), nullable=False),
        sa.Column('act', sa.String(length=20), nullable=False),
        sa.Column('patient_id', sa.String(length=9), nullable=True),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('number'),
    )
    with op.batch_alter_table('review_persons', schema=None) as batch_op:
        batch_op.create_index('ix_review_persons_item_id', ['item_id'], unique=False)


def downgrade() -> None:
    op.drop_table('review_persons')
    with op.batch_alter_table('review_verdicts', schema=None) as batch_op:
        batch_op.drop_column('carried_from')
    with op.batch_alter_table('intake_faxes', schema=None) as batch_op:
        batch_op.drop_column('arranged')
    op.drop_table('intake_arrangements')
