"""What must be read back lies sealed: whoever has the rows alone reads nothing, and old keys still open."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.database.seal import LostKey, seal, sealed_anew, sealing_key, unseal, use_keys

OLD, NEW = "an old key, an old key, an old key, old", "a new key, a new key, a new key, a new key"


@pytest.fixture(autouse=True)
def keys() -> None:
    use_keys(NEW)


@given(st.text(max_size=80))
def test_what_was_sealed_comes_back_and_does_not_lie_in_clear(plain: str) -> None:
    use_keys(NEW)
    sealed = seal(plain)
    assert unseal(sealed) == plain
    assert len(plain) < 4 or plain not in sealed
    assert sealed != seal(plain)


@given(st.text(max_size=200))
def test_whatever_else_lies_there_is_a_lost_key_and_never_a_fault(text: str) -> None:
    use_keys(NEW)
    with pytest.raises(LostKey):
        unseal(text)


def test_a_base32_secret_of_32_letters_fits_its_column_and_a_link_its_own() -> None:
    assert len(seal("A" * 32)) <= 200
    assert len(seal("/password-reset/" + "a" * 43)) <= 300


def test_an_old_key_opens_and_the_newest_seals() -> None:
    use_keys(OLD)
    before = seal("secret")
    use_keys(NEW, OLD)
    assert unseal(before) == "secret"
    after = sealed_anew(before)
    assert after != before and sealed_anew(after) == after
    use_keys(NEW)
    assert unseal(after) == "secret"
    for opens in (unseal, sealed_anew):
        with pytest.raises(LostKey):
            opens(before)


def test_one_changed_bit_is_found() -> None:
    whole = base64.urlsafe_b64decode(seal("secret"))
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(LostKey):
            unseal(base64.urlsafe_b64encode(changed).decode())


def test_the_key_that_seals_is_not_the_key_that_signs() -> None:
    assert NEW.encode() not in sealing_key(NEW)
    assert sealing_key(NEW) != sealing_key(OLD)
