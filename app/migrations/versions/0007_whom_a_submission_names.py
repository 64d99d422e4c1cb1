"""whom a submission names, a webhook's former secret, denials by pharmacy

Revision: 0007
After: 0006
Made: 2026-11-26 01:15:00
"""

import sqlalchemy as sa
from alembic import op

import registry.moments
from registry.subjects import subjects_of

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

AT_ONCE = 1_000  # submissions in memory


def upgrade() -> None:
    op.create_table('registry_submission_subjects',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('submission_id', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'submission_id')
    )
    with op.batch_alter_table('api_webhooks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('former_secret', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('former_until', registry.moments.UtcDateTime(), nullable=True))
    op.create_index('ix_registry_dispense_denials_pharmacy_npi', 'registry_dispense_denials', ['pharmacy_npi'], unique=False)
    _fill()


def _fill() -> None:
    """Whom the submissions name that are there already, from their own JSON, in the order of their ids."""
    connection = op.get_bind()
    stored = sa.table('registry_submissions', sa.column('submission_id', sa.String()), sa.column('submission', sa.JSON()),
                      sa.column('admission', sa.JSON()))
    subjects = sa.table('registry_submission_subjects', sa.column('subject'), sa.column('submission_id'))
    done = ''
    while True:
        some = connection.execute(
            sa.select(stored).where(stored.c.submission_id > done).order_by(stored.c.submission_id).limit(AT_ONCE)
        ).all()
        if not some:
            return
        rows = [
            {'subject': subject, 'submission_id': submission_id}
            for submission_id, submission, admission in some
            for subject in sorted(subjects_of(submission['values'], admission['ids']))
        ]
        if rows:
            connection.execute(sa.insert(subjects), rows)
        done = some[-1][0]


def downgrade() -> None:
    op.drop_index('ix_registry_dispense_denials_pharmacy_npi', table_name='registry_dispense_denials')
    with op.batch_alter_table('api_webhooks', schema=None) as batch_op:
        batch_op.drop_column('former_until')
        batch_op.drop_column('former_secret')
    op.drop_table('registry_submission_subjects')
