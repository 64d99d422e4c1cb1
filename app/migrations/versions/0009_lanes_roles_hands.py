"""the queue's lanes, supervisors, items handed to a colleague

Revision: 0009
After: 0008
Made: 2026-11-26 03:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LANES = {'low_anc': 0, 'treatment_rationale': 0, 'adverse_event': 0, 'status_due': 1, 'first_enrollment': 1, 'ordinary': 2}
FORMER = {'low_anc': 0, 'treatment_rationale': 1, 'adverse_event': 2, 'status_due': 3, 'first_enrollment': 4, 'ordinary': 5}


def upgrade() -> None:
    with op.batch_alter_table('review_reviewers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('supervisor', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('disabled_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('meant_for', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('taken_up_at', sa.DateTime(), nullable=True))
    _rank(LANES)
    op.execute("UPDATE review_items SET form = (SELECT form FROM case_documents WHERE case_documents.document_id = review_items.document_id)")
    op.execute("UPDATE review_items SET taken_up_at = closed_at WHERE state IN ('confirmed', 'rejected', 'sent_back')")


def _rank(ranks: dict[str, int]) -> None:
    for urgency, rank in ranks.items():
        op.execute(f"UPDATE review_items SET urgency_rank = {rank} WHERE urgency = '{urgency}'")


def downgrade() -> None:
    _rank(FORMER)
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.drop_column('taken_up_at')
        batch_op.drop_column('meant_for')
        batch_op.drop_column('form')
    with op.batch_alter_table('review_reviewers', schema=None) as batch_op:
        batch_op.drop_column('disabled_at')
        batch_op.drop_column('supervisor')
