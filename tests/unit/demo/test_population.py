"""The demo's enterprises and people: well-formed, fictitious, and always the same."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from portal.accounts.open_account import identity_problems
from portal.accounts.passwords import password_problem
from portal.catalogue.snapshot import Catalogue
from portal.demo.cast import APPLICANTS, OFFICERS, PASSWORD, listed_usernames, members, person_name
from portal.demo.licence import sample_licence
from portal.demo.people import JINYUN, LONGQUAN, SAMPLE, population
from portal.enterprises.credit_code import problem
from portal.kernel.roles import OFFICE_ROLES, Role
from portal.uploads import rules as uploads

SEEDS = range(1, 21)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_enterprise_is_well_formed_and_says_that_it_is_a_sample(catalogue: Catalogue, seed: int) -> None:
    people = population(catalogue, 60, seed)
    assert len({p.credit_code for p in people}) == len({p.name.zh for p in people}) == 60
    for person in people:
        assert problem(person.credit_code) is None
        assert uscc.is_valid(person.credit_code)
        assert SAMPLE.zh in person.name.zh
        assert SAMPLE.en in person.name.en
        assert person.segment in catalogue.segments
        assert person.county in catalogue.units
        assert person.is_industrial == catalogue.is_industrial(person.gb_class)
        assert person.is_industrial or not person.is_above_scale


def test_the_same_arguments_give_the_same_people_and_another_seed_gives_others(catalogue: Catalogue) -> None:
    assert population(catalogue, 40, 1) == population(catalogue, 40, 1)
    assert population(catalogue, 40, 1) != population(catalogue, 40, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_default_city_has_every_chain_and_both_counties_of_the_listed_accounts(
    catalogue: Catalogue, seed: int
) -> None:
    people = population(catalogue, 40, seed)
    assert {p.chain for p in people} == {c.code for c in catalogue.listed_chains} | {"00"}
    assert [p.county for p in people[:12]] == [JINYUN, LONGQUAN] * 6
    assert all(p.is_above_scale for p in people[:10])


def test_the_names_of_very_many_do_not_run_out(catalogue: Catalogue) -> None:
    people = population(catalogue, 1400, 1)
    assert len({p.name.zh for p in people}) == len({p.credit_code for p in people}) == 1400


def test_the_listed_accounts_are_what_the_contract_promises() -> None:
    names = listed_usernames()
    assert len(set(names)) == len(names)
    for county in ("jinyun", "longquan"):
        assert {f"{post}-{county}-{n}" for post in ("preparer", "certifier") for n in (1, 2)} <= set(names)
        assert {f"officer-{county}", f"lead-{county}"} <= set(names)
    assert {"bureau", "bureau-lead", "chain-officer", "auditor", "admin"} <= set(names)
    assert {officer.role for officer in OFFICERS} == set(OFFICE_ROLES)
    assert len({person_name(name) for name in names}) == len(names)
    assert {applicant.claims is not None for applicant in APPLICANTS} == {True, False}


@pytest.mark.parametrize("username", [*listed_usernames(), *(m.username for m in members(77))])
def test_the_portal_itself_would_accept_every_account_and_its_password(username: str) -> None:
    name = person_name(username)
    assert identity_problems(username, name, "", "") == {}
    assert password_problem(PASSWORD, [username, name]) is None


def test_an_unlisted_enterprise_has_one_person_for_both_posts() -> None:
    (person,) = members(30)
    assert {Role(post) for post in person.posts} == {Role.PREPARER, Role.CERTIFIER}


def test_the_sample_licence_is_a_pdf_that_uploads_take() -> None:
    data = sample_licence()
    assert uploads.problem(data) is None
    assert uploads.media_type(data) == "application/pdf"
    assert data[int(data.split(b"startxref\n")[1].split(b"\n")[0]) :].startswith(b"xref")
