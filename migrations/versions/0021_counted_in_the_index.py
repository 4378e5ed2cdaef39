"""What a county's lists are counted by stands in one index: whose case it is, and its quarter, were read from the rows."""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

NAME, BEFORE = 'ix_review_case_queue', ['county', 'kind', 'state', 'due_on', 'id']


def upgrade() -> None:
    op.drop_index(NAME, 'review_case')
    op.create_index(NAME, 'review_case', [*BEFORE, 'quarter', 'claimed_by_id'], unique=False)


def downgrade() -> None:
    op.drop_index(NAME, 'review_case')
    op.create_index(NAME, 'review_case', BEFORE, unique=False)
