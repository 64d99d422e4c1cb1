"""what the queue page reads, notes beside faxes, figures of days, what was done to accounts

Revision: 0012
After: 0009
Made: 2026-11-26 03:20:00
"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OPEN = sa.text("state NOT IN ('confirmed', 'joined', 'rearranged', 'rejected')")
MEANT = sa.text('meant_for IS NOT NULL')
UNSEEN = sa.text('seen_at IS NULL')
OPEN_COLUMNS = ['urgency_rank', 'received_at', 'id', 'state', 'form', 'sender_fax', 'sender_name', 'holder', 'doubt_kinds']


def upgrade() -> None:
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('doubt_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('doubt_kinds', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('meant_until', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('taken_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('review_reviewers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_sign_in_at', sa.DateTime(), nullable=True))
    _count_doubts_of_open_items()
    op.create_index('review_items_open', 'review_items', OPEN_COLUMNS, sqlite_where=OPEN, postgresql_where=OPEN)
    meant = ['meant_for', 'urgency_rank', 'received_at']
    op.create_index('review_items_meant', 'review_items', meant, sqlite_where=MEANT, postgresql_where=MEANT)
    op.create_index('review_verdicts_at', 'review_verdicts', ['at'])
    op.create_index('review_events_when', 'review_events', ['event', 'at', 'by'])
    op.create_index('case_documents_created', 'case_documents', ['created_at'])
    op.create_table(
        'review_notes',
        sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('item_id', sa.String(length=40), nullable=False),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('number'),
    )
    op.create_index(op.f('ix_review_notes_item_id'), 'review_notes', ['item_id'])
    op.create_table(
        'review_mentions',
        sa.Column('note', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('item_id', sa.String(length=40), nullable=False),
        sa.Column('seen_at', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('note', 'name'),
    )
    op.create_index('review_mentions_of', 'review_mentions', ['name', 'note'])
    op.create_index('review_mentions_unseen', 'review_mentions', ['name', 'item_id'], sqlite_where=UNSEEN, postgresql_where=UNSEEN)
    op.create_table(
        'review_account_events',
        sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('event', sa.String(length=30), nullable=False),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('number'),
    )
    op.create_table(
        'review_day_figures',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('measure', sa.String(length=20), nullable=False),
        sa.Column('part', sa.String(length=80), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'measure', 'part'),
    )


def _count_doubts_of_open_items() -> None:
    """Closed ones stand on no queue: theirs stay 0."""
    connection = op.get_bind()
    items = sa.table('review_items', *(sa.column(name) for name in ('id', 'doubt_count', 'doubt_kinds')))
    found = connection.execute(sa.text(f'SELECT id, doubts FROM review_items WHERE {OPEN.text}')).all()
    for item_id, doubts in found:
        said = json.loads(doubts) if isinstance(doubts, str) else doubts
        kinds = dict.fromkeys(doubt['kinds'][0] for doubt in said if doubt['kinds'])
        values = {'doubt_count': len(said), 'doubt_kinds': f",{','.join(kinds)}," if kinds else ''}
        connection.execute(sa.update(items).where(items.c.id == item_id).values(values))


def downgrade() -> None:
    for table in ('review_day_figures', 'review_account_events', 'review_mentions', 'review_notes'):
        op.drop_table(table)
    op.drop_index('case_documents_created', 'case_documents')
    op.drop_index('review_events_when', 'review_events')
    op.drop_index('review_verdicts_at', 'review_verdicts')
    op.drop_index('review_items_meant', 'review_items')
    op.drop_index('review_items_open', 'review_items')
    with op.batch_alter_table('review_reviewers', schema=None) as batch_op:
        batch_op.drop_column('last_sign_in_at')
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        for column in ('taken_at', 'meant_until', 'doubt_kinds', 'doubt_count'):
            batch_op.drop_column(column)
