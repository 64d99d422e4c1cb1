"""the course of a treatment

What stood in the patient's record alone becomes statements with a moment of their own; what follows from the history is filled
in by the first start after the upgrade (`registry.resettling.settle_marked`), and until then nothing is dispensed.

Revision: 0003
After: 0002
Made: 2026-11-26 00:12:40.510597
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

UNSETTLED = 'not yet settled after the upgrade'


def upgrade() -> None:
    op.create_table('registry_counters',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.execute("INSERT INTO registry_counters (name, value) VALUES ('enrollment', 0)")
    op.execute(
        "INSERT INTO registry_counters (name, value) SELECT 'authorization', count(*) FROM registry_authorizations"
    )
    op.create_table('registry_merges',
    sa.Column('merge_id', sa.String(), nullable=False),
    sa.Column('kept_id', sa.String(), nullable=False),
    sa.Column('absorbed_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=True),
    sa.Column('undone_reason', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('merge_id')
    )
    with op.batch_alter_table('registry_merges', schema=None) as batch_op:
        batch_op.create_index('ix_registry_merges_absorbed_id', ['absorbed_id'], unique=False)
        batch_op.create_index('ix_registry_merges_kept_id', ['kept_id'], unique=False)

    op.create_table('registry_statements',
    sa.Column('statement_id', sa.String(), nullable=False),
    sa.Column('patient_id', sa.String(), nullable=False),
    sa.Column('submission_id', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('statement_id')
    )
    with op.batch_alter_table('registry_statements', schema=None) as batch_op:
        batch_op.create_index('ix_registry_statements_patient_id', ['patient_id'], unique=False)

    op.create_table('registry_withdrawals',
    sa.Column('record_id', sa.String(), nullable=False),
    sa.Column('patient_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('record_id')
    )
    with op.batch_alter_table('registry_withdrawals', schema=None) as batch_op:
        batch_op.create_index('ix_registry_withdrawals_patient_id', ['patient_id'], unique=False)

    with op.batch_alter_table('registry_assessments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('spent_at', sa.DateTime(), nullable=True))

    with op.batch_alter_table('registry_authorizations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reversed_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('reversal_reason', sa.String(), nullable=True))

    with op.batch_alter_table('registry_patients', schema=None) as batch_op:
        batch_op.add_column(sa.Column('off_list_since', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('latest_draw', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('latest_anc', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('low_open', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('last_form_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('missing_labs', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('dispensed_from', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('merged_into', sa.String(), nullable=True))
        batch_op.create_index('ix_registry_patients_last_form_at', ['last_form_at'], unique=False)
        batch_op.create_index('ix_registry_patients_merged_into', ['merged_into'], unique=False)

    with op.batch_alter_table('registry_rationales', schema=None) as batch_op:
        batch_op.add_column(sa.Column('submission_id', sa.String(), nullable=True))

    with op.batch_alter_table('registry_submissions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prescriber_npi', sa.String(), nullable=True))
        batch_op.create_index('ix_registry_submissions_prescriber_npi', ['prescriber_npi'], unique=False)
    submissions = sa.table('registry_submissions', sa.column('prescriber_npi', sa.String()), sa.column('submission', sa.JSON()))
    npi = submissions.c.submission['values']['prescriber_npi'].as_string()
    op.execute(submissions.update().values(prescriber_npi=npi))

    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.drop_column('monitored')
        batch_op.drop_column('period_start')

    op.execute("UPDATE registry_rationales SET submission_id = substr(rationale_id, 1, length(rationale_id) - 10)")
    op.execute(f"UPDATE registry_patients SET low_open = FALSE, missing_labs = '{UNSETTLED}'")
    for about, value, condition in (
        ("prescriber", "prescriber_npi", "1 = 1"),
        ("ben", "'yes'", "ben"),
        ("hospice", "'yes'", "hospice"),
        ("frequency", "monitoring_frequency", "1 = 1"),
    ):
        op.execute(
            "INSERT INTO registry_statements (statement_id, patient_id, submission_id, received_at, about, value) "
            f"SELECT 'before-0003\\:' || patient_id || '\\:{about}', patient_id, 'before-0003\\:' || patient_id, enrolled_at, '{about}', "
            f"{value} FROM registry_patients WHERE {condition}"
        )
    op.execute(
        "INSERT INTO registry_statements (statement_id, patient_id, submission_id, received_at, about, value, reason) "
        "SELECT change_id, patient_id, substr(change_id, 1, length(change_id) - 7), at, 'status', after, reason "
        "FROM registry_status_changes WHERE cause LIKE 'reported as %' OR cause LIKE '%status change on a signed form'"
    )
    with op.batch_alter_table('registry_patients', schema=None) as batch_op:
        batch_op.alter_column('low_open', existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table('registry_rationales', schema=None) as batch_op:
        batch_op.alter_column('submission_id', existing_type=sa.String(), nullable=False)



def downgrade() -> None:
    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.add_column(sa.Column('period_start', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('monitored', sa.String(), nullable=True))
    op.execute("UPDATE registry_status_forms SET period_start = date(received_at), monitored = 'weekly'")
    with op.batch_alter_table('registry_status_forms', schema=None) as batch_op:
        batch_op.alter_column('period_start', existing_type=sa.Date(), nullable=False)
        batch_op.alter_column('monitored', existing_type=sa.String(), nullable=False)

    with op.batch_alter_table('registry_submissions', schema=None) as batch_op:
        batch_op.drop_index('ix_registry_submissions_prescriber_npi')
        batch_op.drop_column('prescriber_npi')

    with op.batch_alter_table('registry_rationales', schema=None) as batch_op:
        batch_op.drop_column('submission_id')

    with op.batch_alter_table('registry_patients', schema=None) as batch_op:
        batch_op.drop_index('ix_registry_patients_merged_into')
        batch_op.drop_index('ix_registry_patients_last_form_at')
        batch_op.drop_column('merged_into')
        batch_op.drop_column('dispensed_from')
        batch_op.drop_column('missing_labs')
        batch_op.drop_column('last_form_at')
        batch_op.drop_column('low_open')
        batch_op.drop_column('latest_anc')
        batch_op.drop_column('latest_draw')
        batch_op.drop_column('off_list_since')

    with op.batch_alter_table('registry_assessments', schema=None) as batch_op:
        batch_op.drop_column('spent_at')

    with op.batch_alter_table('registry_authorizations', schema=None) as batch_op:
        batch_op.drop_column('reversal_reason')
        batch_op.drop_column('reversed_at')

    with op.batch_alter_table('registry_withdrawals', schema=None) as batch_op:
        batch_op.drop_index('ix_registry_withdrawals_patient_id')

    op.drop_table('registry_withdrawals')
    with op.batch_alter_table('registry_statements', schema=None) as batch_op:
        batch_op.drop_index('ix_registry_statements_patient_id')

    op.drop_table('registry_statements')
    with op.batch_alter_table('registry_merges', schema=None) as batch_op:
        batch_op.drop_index('ix_registry_merges_kept_id')
        batch_op.drop_index('ix_registry_merges_absorbed_id')

    op.drop_table('registry_merges')
    op.drop_table('registry_counters')
