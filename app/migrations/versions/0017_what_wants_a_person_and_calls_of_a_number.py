"""letters that want a person and the calls of a number, each by an index of its own

Revision: 0017
After: 0016
Made: 2026-11-26 06:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

WANTS_A_PERSON = sa.text("(state IN ('held', 'no_address', 'uncertain') OR (state = 'abandoned' AND closed_by = ''))")


def upgrade() -> None:
    op.create_index(
        'outbound_deliveries_wanting',
        'outbound_deliveries',
        ['urgent', 'created_at', 'delivery_id'],
        sqlite_where=WANTS_A_PERSON,
        postgresql_where=WANTS_A_PERSON,
    )
    op.create_index('outbound_attempts_of_number', 'outbound_attempts', ['fax', 'began_at'])


def downgrade() -> None:
    op.drop_index('outbound_attempts_of_number', 'outbound_attempts')
    op.drop_index('outbound_deliveries_wanting', 'outbound_deliveries')
