"""questions to senders and their answers; forms that callers give by phone

Revision: 0014
After: 0009
Made: 2026-11-26 03:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'review_questions',
        sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('item_id', sa.String(length=40), nullable=False),
        sa.Column('document_id', sa.String(length=40), nullable=False),
        sa.Column('fax_id', sa.String(length=40), nullable=False),
        sa.Column('reference', sa.String(length=40), nullable=False),
        sa.Column('form', sa.String(length=40), nullable=False),
        sa.Column('patient_id', sa.String(length=9), nullable=True),
        sa.Column('named', sa.String(length=200), nullable=True),
        sa.Column('npi', sa.String(length=10), nullable=True),
        sa.Column('sender_fax', sa.String(length=10), nullable=True),
        sa.Column('received_at', sa.DateTime(), nullable=False),
        sa.Column('asked_at', sa.DateTime(), nullable=False),
        sa.Column('answer_by', sa.Date(), nullable=False),
        sa.Column('asked_for', sa.JSON(), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('ended', sa.String(length=20), nullable=False),
        sa.Column('ended_at', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('number'),
        sa.UniqueConstraint('item_id', 'asked_at', name='review_questions_once'),
    )
    with op.batch_alter_table('review_questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_questions_document_id'), ['document_id'], unique=False)
        batch_op.create_index('review_questions_open', ['ended', 'answer_by'], unique=False)
        batch_op.create_index('review_questions_patient', ['patient_id', 'ended'], unique=False)
        batch_op.create_index('review_questions_named', ['named', 'ended'], unique=False)
        batch_op.create_index('review_questions_npi', ['npi', 'ended'], unique=False)
        batch_op.create_index('review_questions_sender', ['sender_fax', 'ended'], unique=False)
        batch_op.create_index('review_questions_reference', ['reference', 'ended'], unique=False)
    op.create_table(
        'review_answers',
        sa.Column('document_id', sa.String(length=40), nullable=False),
        sa.Column('question', sa.Integer(), nullable=False),
        sa.Column('fax_id', sa.String(length=40), nullable=False),
        sa.Column('tie', sa.String(length=20), nullable=False),
        sa.Column('joined', sa.Boolean(), nullable=False),
        sa.Column('by', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('pages', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('document_id'),
    )
    with op.batch_alter_table('review_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_answers_question'), ['question'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_answers_fax_id'), ['fax_id'], unique=False)
    op.create_table(
        'review_calls',
        sa.Column('call_id', sa.String(length=32), nullable=False),
        sa.Column('reference', sa.String(length=40), nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('revision', sa.String(length=10), nullable=False),
        sa.Column('caller', sa.JSON(), nullable=False),
        sa.Column('npi', sa.String(length=10), nullable=True),
        sa.Column('patient_id', sa.String(length=9), nullable=True),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('taken_by', sa.String(length=80), nullable=False),
        sa.Column('began_at', sa.DateTime(), nullable=False),
        sa.Column('changed_at', sa.DateTime(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('answer', sa.JSON(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('call_id'),
        sa.UniqueConstraint('reference'),
    )
    with op.batch_alter_table('review_calls', schema=None) as batch_op:
        batch_op.create_index('review_calls_open', ['state', 'changed_at'], unique=False)
        batch_op.create_index('review_calls_of_patient', ['patient_id', 'began_at'], unique=False)
        batch_op.create_index('review_calls_of_party', ['npi', 'began_at'], unique=False)
    with op.batch_alter_table('case_documents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prescriber_npi', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('pharmacy_npi', sa.String(length=10), nullable=True))
        batch_op.create_index('case_documents_of_prescriber', ['prescriber_npi', 'created_at'], unique=False)
        batch_op.create_index('case_documents_of_pharmacy', ['pharmacy_npi', 'created_at'], unique=False)
    # those that wait for their sender already: due today, since their letters named no day
    op.execute(
        """
        INSERT INTO review_questions (item_id, document_id, fax_id, reference, form, patient_id, named, sender_fax, received_at,
                                      asked_at, answer_by, asked_for, fields, "by", ended)
        SELECT items.id, items.document_id, items.fax_id, items.reference, items.form, documents.patient_id, documents.named,
               items.sender_fax, items.received_at, items.closed_at, CURRENT_DATE, items.asked_for, '[]', items.closed_by, ''
        FROM review_items AS items JOIN case_documents AS documents ON documents.document_id = items.document_id
        WHERE items.state = 'sent_back' AND items.form IS NOT NULL AND items.closed_at IS NOT NULL
        """
    )


def downgrade() -> None:
    with op.batch_alter_table('case_documents', schema=None) as batch_op:
        batch_op.drop_index('case_documents_of_pharmacy')
        batch_op.drop_index('case_documents_of_prescriber')
        batch_op.drop_column('pharmacy_npi')
        batch_op.drop_column('prescriber_npi')
    op.drop_table('review_calls')
    op.drop_table('review_answers')
    op.drop_table('review_questions')
