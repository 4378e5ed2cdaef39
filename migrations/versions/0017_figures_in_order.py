"""What figures add up lies in one index, in the order it is grouped in; positions are found by their segment."""

from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

SUMS = [
    'indicator', 'quarter', 'segment', 'respondent_class', 'county', 'size_class', 'total', 'facts', 'contributors',
]


def upgrade() -> None:
    with op.batch_alter_table('cell') as batch_op:
        batch_op.create_index('ix_cell_sums', SUMS, unique=False)
    with op.batch_alter_table('position') as batch_op:
        batch_op.create_index('ix_position_segment', ['segment', 'enterprise_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('position') as batch_op:
        batch_op.drop_index('ix_position_segment')
    with op.batch_alter_table('cell') as batch_op:
        batch_op.drop_index('ix_cell_sums')
