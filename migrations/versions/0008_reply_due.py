"""a returned case keeps its own day until it is decided

Revises 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

WAS = "(state = 'returned' AND reply_due_on IS NOT NULL) OR (NOT (state = 'returned') AND reply_due_on IS NULL)"
SET = "NOT (state = 'returned') OR reply_due_on IS NOT NULL"
OVER = "NOT (state IN ('approved', 'rejected', 'void')) OR reply_due_on IS NULL"


def upgrade() -> None:
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_review_case_reply_due'), type_='check')
        batch_op.create_check_constraint(op.f('ck_review_case_reply_due'), sa.text(SET))
        batch_op.create_check_constraint(op.f('ck_review_case_reply_over'), sa.text(OVER))


def downgrade() -> None:
    op.execute("UPDATE review_case SET reply_due_on = NULL WHERE state <> 'returned'")
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_review_case_reply_over'), type_='check')
        batch_op.drop_constraint(op.f('ck_review_case_reply_due'), type_='check')
        batch_op.create_check_constraint(op.f('ck_review_case_reply_due'), sa.text(WAS))
