"""letters that go by e-mail

Revision: 0016
After: 0015
Made: 2026-11-26 06:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BY_MAIL = sa.text('email IS NOT NULL')


def upgrade() -> None:
    op.add_column('outbound_deliveries', sa.Column('email', sa.String(), nullable=True))
    op.create_index(
        'outbound_deliveries_mails', 'outbound_deliveries', ['state', 'next_look_at'], sqlite_where=BY_MAIL, postgresql_where=BY_MAIL
    )


def downgrade() -> None:
    op.drop_index('outbound_deliveries_mails', 'outbound_deliveries')
    op.drop_column('outbound_deliveries', 'email')
