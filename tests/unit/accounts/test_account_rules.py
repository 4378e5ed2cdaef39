"""What a username, a name, an address, a way back and a post may be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import (
    CHAIN_ROLES,
    COUNTY_ROLES,
    LONELY_ROLES,
    browser_name,
    email_problem,
    is_unwritten,
    is_username,
    masked_email,
    masked_phone,
    name_problem,
    office_role,
    phone_problem,
    post_key,
    post_problems,
    safe_next,
    username_key,
)
from portal.kernel.roles import ENTERPRISE_ROLES, OFFICE_ROLES, Role

COUNTIES, CHAINS = {"331122"}, {"01"}
OUTSIDE = [
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil",
    "/ok\r\nSet-Cookie: a=b", "/\tx", "///evil.example", "/a\\b", "", None, "/" + "a" * 5000, "/\u202eevil", "http:/x",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_nobody_is_sent_to_a_foreign_page_after_signing_in(target: str | None) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/filings/2026Q3", "/review?kind=filing&after=x", "/a#b"])
def test_our_own_pages_are_gone_back_to(target: str) -> None:
    assert safe_next(target) == target


@given(st.text(max_size=60))
def test_the_way_back_never_leaves_the_portal(target: str) -> None:
    on = safe_next(target)
    assert on == "/" or (on.startswith("/") and on[1:2] not in ("/", "\\"))


@pytest.mark.parametrize("typed", ["Preparer-Jinyun-1", "ＡＢＣ１", " abc ", "abc"])
def test_width_case_and_blanks_do_not_change_a_username(typed: str) -> None:
    assert is_username(username_key(typed))


@pytest.mark.parametrize(
    "typed", ["", "ab", "-abc", "abc-", "a b c", "a" * 41, "王某某", "abc\x00d", "a\u202ebc", "a'--b"]
)
def test_what_is_no_username_is_refused(typed: str) -> None:
    assert not is_username(username_key(typed))


@pytest.mark.parametrize("name", ["\x00", "a\u202eb", "a\u200bb", "a\nb", "\ue000", "\ud800"])
def test_characters_that_cannot_be_seen_are_refused_in_a_name(name: str) -> None:
    assert is_unwritten(name)
    assert name_problem(name) is not None


@pytest.mark.parametrize("name", ["王某", "𠮷田", "Ann O’Neil", "阿卜杜·某"])
def test_rare_han_and_foreign_names_are_names(name: str) -> None:
    assert name_problem(name) is None


def test_a_name_is_asked_for_and_has_an_end() -> None:
    assert name_problem("") is not None
    assert name_problem("长" * 61) is not None


@pytest.mark.parametrize(
    "email",
    ["a", "a@b@c.cn", "a b@c.cn", "a@c.cn\nBcc: x@y.cn", "a,b@c.cn", "王@c.cn", "a@c.cn,b@c.cn", f"{'a' * 65}@c.cn"],
)
def test_what_is_not_one_mail_address_is_refused(email: str) -> None:
    assert email_problem(email) is not None


@pytest.mark.parametrize("email", ["", "zhang@example.com", "a.b+c@mail.example.cn"])
def test_a_mail_address_is_accepted_and_may_be_left_out(email: str) -> None:
    assert email_problem(email) is None


@pytest.mark.parametrize(("phone", "fits"), [("", True), ("+86 578 000 0000", True), ("12", False), ("call me", False)])
def test_a_phone_number_has_digits(phone: str, fits: bool) -> None:
    assert (phone_problem(phone) is None) is fits


def test_lists_show_contacts_masked() -> None:
    assert masked_email("zhang@example.com") == "z***@example.com"
    assert masked_phone("13800001234") == "138****1234"
    assert masked_phone("123456") == "****"
    assert masked_email(None) == masked_phone(None) == ""


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES, key=str))
def test_every_office_role_needs_exactly_its_own_place(role: Role) -> None:
    assert post_problems(role, "331122", "01", COUNTIES, CHAINS) == {}
    assert bool(post_problems(role, "", "01", COUNTIES, CHAINS)) is (role in COUNTY_ROLES)
    assert bool(post_problems(role, "331122", "", COUNTIES, CHAINS)) is (role in CHAIN_ROLES)
    _role, county, chain = post_key(role, "331122", "01")
    assert (county is not None) is (role in COUNTY_ROLES)
    assert (chain is not None) is (role in CHAIN_ROLES)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(sorted(OFFICE_ROLES, key=str), 2)))
def test_administrators_and_auditors_hold_no_other_post(first: Role, second: Role) -> None:
    held = {post_key(first, "331122", "01")}
    refused = bool(post_problems(second, "331122", "01", COUNTIES, CHAINS, held))
    assert refused is bool({first, second} & LONELY_ROLES)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES, key=str))
def test_a_post_is_not_given_twice(role: Role) -> None:
    held = {post_key(role, "331122", "01")}
    assert post_problems(role, "331122", "01", COUNTIES, CHAINS, held)


@pytest.mark.parametrize("role", sorted(ENTERPRISE_ROLES, key=str))
def test_no_post_gives_a_role_of_an_enterprise(role: Role) -> None:
    assert office_role(role.value) is None
    assert post_problems(office_role(role.value), "331122", "01", COUNTIES, CHAINS)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0", "Firefox · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Safari/537 MicroMessenger/8", "WeChat · Android"),
        ("curl/8", ""),
    ],
)
def test_a_session_is_named_after_its_browser(agent: str, name: str) -> None:
    assert browser_name(agent) == name
