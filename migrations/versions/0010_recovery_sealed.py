"""one-time codes for a way back into an account; what must be read back lies sealed

Revises 0009.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ACCOUNT = sa.table('account', sa.column('id'), sa.column('totp_secret'), sa.column('totp_pending'))
MAIL = sa.table('mail', sa.column('id'), sa.column('link'))
SECRETS = ('totp_secret', 'totp_pending')
LINKS = ('/invitation/', '/password-reset/')
MARK = 'gAAAA'  # how everything sealed begins, and no base32 secret and no path does


def upgrade() -> None:
    with op.batch_alter_table('account', schema=None) as batch_op:
        for name, comment, was in (
            ('totp_secret', 'second factor in use, sealed', 'second factor in use, base32'),
            ('totp_pending', 'shown but not yet proved, sealed', 'second factor shown but not yet proved'),
        ):
            batch_op.alter_column(
                name, type_=sa.String(length=200), existing_type=sa.String(length=64),
                existing_nullable=True, comment=comment, existing_comment=was,
            )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.alter_column(
            'link', comment='path, sealed if secret; empty once sent', existing_type=sa.String(length=300),
            existing_nullable=False, existing_comment='path in the portal; empty once sent',
        )
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.alter_column(
            'purpose', comment='invitation, reset or recovery', existing_type=sa.String(length=12),
            existing_nullable=False, existing_comment='invitation or reset',
        )
        batch_op.alter_column(
            'token_hash', comment='sha256 of the token or code, hex', existing_type=sa.String(length=64),
            existing_nullable=False, existing_comment='sha256 of the token, hex',
        )
        batch_op.drop_constraint(op.f('ck_account_link_purpose'), type_='check')
        batch_op.create_check_constraint(
            op.f('ck_account_link_purpose'), sa.text("purpose in ('invitation', 'reset', 'recovery')")
        )
    _each_secret(lambda box, text: box.encrypt(text.encode()).decode(), is_sealed=False)


def downgrade() -> None:
    _each_secret(lambda box, text: box.decrypt(text.encode()).decode(), is_sealed=True)
    op.execute("DELETE FROM account_link WHERE purpose = 'recovery'")
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_account_link_purpose'), type_='check')
        batch_op.create_check_constraint(
            op.f('ck_account_link_purpose'), sa.text("purpose in ('invitation', 'reset')")
        )
    with op.batch_alter_table('account', schema=None) as batch_op:
        for name in SECRETS:
            batch_op.alter_column(
                name, type_=sa.String(length=64), existing_type=sa.String(length=200), existing_nullable=True
            )


def _each_secret(turned: Any, *, is_sealed: bool) -> None:
    """Seals or opens every secret that lies there, with the keys of the command that migrates."""
    connection, box = op.get_bind(), None
    for table, names in ((ACCOUNT, SECRETS), (MAIL, ('link',))):
        for row in connection.execute(sa.select(table)).mappings().all():
            for name in names:
                text = row[name]
                if not text or text.startswith(MARK) != is_sealed or (name == 'link' and not _is_secret(text)):
                    continue
                box = box or _box()
                changed = table.update().where(table.c.id == row['id']).values({name: turned(box, text)})
                connection.execute(changed)


def _is_secret(link: str) -> bool:
    return link.startswith((MARK, *LINKS))


def _box() -> Any:
    keys = context.config.attributes.get('keys') or _keys_of_the_settings()
    library = import_module('cryptography.fernet')
    return library.MultiFernet([library.Fernet(_key(key)) for key in keys])


def _keys_of_the_settings() -> tuple[str, ...]:
    from portal.config import Settings

    return Settings.from_environment().keys


def _key(secret_key: str) -> bytes:
    digest = hmac.digest(secret_key.encode(), b'secrets at rest, 1', hashlib.sha256)
    return base64.urlsafe_b64encode(digest)
