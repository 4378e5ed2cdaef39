"""What `case.is_late` says: it is the newest version's, not the first one's. Only the column's comment changes."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

OLD, NEW = 'first submitted after the deadline', 'newest version was sent after its day'


def upgrade() -> None:
    _say(NEW, OLD)


def downgrade() -> None:
    _say(OLD, NEW)


def _say(comment: str, before: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':  # SQLite keeps no comments
        op.alter_column('review_case', 'is_late', existing_type=sa.Boolean(), comment=comment, existing_comment=before)
