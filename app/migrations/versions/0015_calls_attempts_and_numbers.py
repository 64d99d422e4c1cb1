"""calls that bring several letters, the attempts of each, what is known of numbers, what a day brought

Revision: 0015
After: 0009
Made: 2026-11-26 03:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def _new() -> list[sa.Column[object]]:
    return [
        sa.Column('role', sa.String(), nullable=False, server_default=''),
        sa.Column('name', sa.String(), nullable=False, server_default=''),
        sa.Column('leader_id', sa.String(), nullable=True),
        sa.Column('call_tag', sa.String(), nullable=False, server_default=''),
        sa.Column('waits_for', sa.String(), nullable=False, server_default=''),
        sa.Column('alone', sa.Boolean(), nullable=False, server_default='0'),
        sa.Column('cancel_wish', sa.String(), nullable=False, server_default=''),
        sa.Column('closed_by', sa.String(), nullable=False, server_default=''),
    ]


ONE_CALL = sa.text("state = 'sending' AND leader_id IS NULL")


def upgrade() -> None:
    _tables()
    for column in _new():  # one by one, and their defaults plain: else SQLite's table would be made anew, which its history's key forbids
        op.add_column('outbound_deliveries', column)
    _fill()
    with op.batch_alter_table('outbound_deliveries', schema=None) as batch_op:
        batch_op.create_index('outbound_deliveries_by_state', ['state', 'created_at'])
        batch_op.create_index('outbound_deliveries_by_number', ['fax', 'state'])
        batch_op.create_index('outbound_deliveries_of_number', ['fax', 'created_at'])
        batch_op.create_index('ix_outbound_deliveries_created_at', ['created_at'])
        batch_op.create_index('outbound_deliveries_one_call', ['fax'], unique=True, sqlite_where=ONE_CALL, postgresql_where=ONE_CALL)
    with op.batch_alter_table('outbound_notices', schema=None) as batch_op:
        batch_op.create_index('outbound_notices_by_kind', ['kind', 'made_at'])


def _tables() -> None:
    op.create_table(
        'outbound_attempts',
        sa.Column('delivery_id', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('call_tag', sa.String(), nullable=False),
        sa.Column('leads', sa.Boolean(), nullable=False),
        sa.Column('fax', sa.String(), nullable=False),
        sa.Column('began_at', sa.DateTime(), nullable=False),
        sa.Column('ended_at', sa.DateTime(), nullable=True),
        sa.Column('outcome', sa.String(), nullable=False),
        sa.Column('cause', sa.String(), nullable=False),
        sa.Column('detail', sa.String(), nullable=False),
        sa.Column('pages', sa.Integer(), nullable=False),
        sa.Column('pages_confirmed', sa.Integer(), nullable=True),
        sa.Column('gateway_reference', sa.String(), nullable=False),
        sa.Column('evidence', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['delivery_id'], ['outbound_deliveries.delivery_id']),
        sa.PrimaryKeyConstraint('delivery_id', 'number'),
    )
    op.create_index('ix_outbound_attempts_call_tag', 'outbound_attempts', ['call_tag'])
    op.create_table(
        'outbound_numbers',
        sa.Column('fax', sa.String(), nullable=False),
        sa.Column('barred_reason', sa.String(), nullable=False),
        sa.Column('barred_by', sa.String(), nullable=False),
        sa.Column('barred_at', sa.DateTime(), nullable=True),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('persons_answered', sa.Integer(), nullable=False),
        sa.Column('flagged_at', sa.DateTime(), nullable=True),
        sa.Column('flag_reason', sa.String(), nullable=False),
        sa.Column('rests_until', sa.DateTime(), nullable=True),
        sa.Column('last_arrived_at', sa.DateTime(), nullable=True),
        sa.Column('calls_day', sa.Date(), nullable=True),
        sa.Column('calls', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('fax'),
    )
    op.create_index('ix_outbound_numbers_barred_at', 'outbound_numbers', ['barred_at'])
    op.create_index('ix_outbound_numbers_flagged_at', 'outbound_numbers', ['flagged_at'])
    op.create_table(
        'outbound_holders',
        sa.Column('fax', sa.String(), nullable=False),
        sa.Column('whose', sa.String(), nullable=False),
        sa.Column('role', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(), nullable=True),
        sa.Column('confirmed_how', sa.String(), nullable=False),
        sa.Column('confirmed_by', sa.String(), nullable=False),
        sa.Column('confirmed_detail', sa.String(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('wrong_codes', sa.Integer(), nullable=False),
        sa.Column('checked_by', sa.String(), nullable=True),
        sa.Column('checks', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('fax', 'whose'),
    )
    op.create_table(
        'outbound_number_events',
        sa.Column('fax', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('event', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('detail', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('fax', 'number'),
    )
    op.create_table(
        'outbound_days',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('what', sa.String(), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'what'),
    )


def _fill() -> None:
    """Who a delivery goes to; who closed it; the last attempt of each, as far as its row tells; numbers that letters reached."""
    first = 'FROM outbound_notices AS n WHERE n.delivery_id = outbound_deliveries.delivery_id AND n.place = 1'
    op.execute(f"UPDATE outbound_deliveries SET role = COALESCE((SELECT n.role {first}), ''), name = COALESCE((SELECT n.name {first}), '')")
    op.execute("UPDATE outbound_deliveries SET call_tag = delivery_id || '-' || attempts WHERE attempts > 0")
    op.execute(
        "UPDATE outbound_deliveries SET closed_by = COALESCE((SELECT MAX(e.\"by\") FROM outbound_delivery_events AS e WHERE e.delivery_id "
        "= outbound_deliveries.delivery_id AND e.event = 'close_by_person'), '') WHERE state = 'abandoned'"
    )
    op.execute(
        "INSERT INTO outbound_attempts (delivery_id, number, call_tag, leads, fax, began_at, ended_at, outcome, cause, detail, pages, "
        "pages_confirmed, gateway_reference, evidence) SELECT delivery_id, attempts, call_tag, (1 = 1), COALESCE(fax, ''), "
        "COALESCE(sending_since, created_at), NULL, CASE state WHEN 'delivered' THEN 'delivered' WHEN 'uncertain' THEN 'unknown' ELSE '' "
        "END, '', last_word, pages, CASE state WHEN 'delivered' THEN pages END, gateway_reference, '{}' FROM outbound_deliveries "
        "WHERE attempts > 0"
    )
    # two calls to one number were possible before; the later one's letter is a rider from now on, asked about by the earlier one's tag
    # would be wrong, so it is a person's to look at
    op.execute(
        "UPDATE outbound_deliveries SET state = 'uncertain', next_look_at = NULL, last_word = 'on its way while the program was "
        "brought up to date' WHERE state = 'sending' AND EXISTS (SELECT 1 FROM outbound_deliveries AS o WHERE o.state = 'sending' AND "
        "o.fax = outbound_deliveries.fax AND o.delivery_id < outbound_deliveries.delivery_id)"
    )
    op.execute(
        "INSERT INTO outbound_holders (fax, whose, role, name, confirmed_at, confirmed_how, confirmed_by, confirmed_detail, code, "
        "wrong_codes, checked_by, checks) SELECT fax, role || ':' || LOWER(name), role, MIN(name), MIN(created_at), 'earlier', 'remsfax', "
        "'letters arrived there before', '', 0, NULL, 0 FROM outbound_deliveries WHERE state = 'delivered' AND fax IS NOT NULL AND "
        "name <> '' GROUP BY fax, role, role || ':' || LOWER(name)"
    )


def downgrade() -> None:
    with op.batch_alter_table('outbound_notices', schema=None) as batch_op:
        batch_op.drop_index('outbound_notices_by_kind')
    with op.batch_alter_table('outbound_deliveries', schema=None) as batch_op:
        for index in ('one_call', 'of_number', 'by_number', 'by_state'):
            batch_op.drop_index(f'outbound_deliveries_{index}')
        batch_op.drop_index('ix_outbound_deliveries_created_at')
    for column in _new():
        op.drop_column('outbound_deliveries', column.name)
    for table in ('days', 'number_events', 'holders', 'numbers', 'attempts'):
        op.drop_table(f'outbound_{table}')
