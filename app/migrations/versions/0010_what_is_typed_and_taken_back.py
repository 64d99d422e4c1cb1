"""what is typed and not yet confirmed; each verdict taken once

Revision: 0010
After: 0009
Made: 2026-11-26 03:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('review_drafts',
    sa.Column('item_id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('reviewer', sa.String(length=80), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('page', sa.String(length=40), nullable=False),
    sa.Column('stroke', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('item_id', 'key', 'reviewer')
    )
    with op.batch_alter_table('review_verdicts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('once', sa.String(length=40), nullable=True))
        batch_op.create_index('review_verdicts_once', ['item_id', 'once'], unique=True)


def downgrade() -> None:
    # the former code knows no taking back: of an open item what was taken back stands again, and is seen before it is submitted
    op.execute("DELETE FROM review_verdicts WHERE kind = 'retracted'")
    with op.batch_alter_table('review_verdicts', schema=None) as batch_op:
        batch_op.drop_index('review_verdicts_once')
        batch_op.drop_column('once')
    op.drop_table('review_drafts')
