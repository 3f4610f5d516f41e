"""The decision table of roles, whole, and what holds whatever roles somebody collects."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader.auth.demands import demands
from ereader.auth.roles import ACTIONS, Action, Actor, Target, may
from holdings.members import Configuration, Consortium, Library, Membership, Repository, User
from holdings.members.user import ROLES

TABLE = tomllib.loads((Path(__file__).parents[3] / "cases" / "roles" / "table.toml").read_text("utf-8"))
HOLDERS = (*(r for r in ROLES), "consortium-admin")
AT_A_LIBRARY = {"reader", "librarian", "cataloguer", "consultant", "library-admin"}
EACH = list(itertools.product(HOLDERS, (True, False)))
TARGET = Target(library="a", consortium="x", user="somebody")


def actor(role: str, own: bool) -> Actor:
    held = f"consortium-admin:{'x' if own else 'y'}" if role == "consortium-admin" else role
    return Actor("me", "a" if own else "b", (held,))


def expected(listed: list[str], role: str, own: bool) -> bool:
    return f"{role} any" in listed or f"{role} {'own' if own else 'other'}" in listed


def test_the_table_names_every_action_and_every_role() -> None:
    assert TABLE["actions"].keys() | {"user.grant", "user.password"} == set(ACTIONS)
    assert TABLE["grants"].keys() == set(HOLDERS)


@pytest.mark.parametrize(("role", "own"), EACH)
@pytest.mark.parametrize("action", TABLE["actions"])
def test_an_action_is_allowed_exactly_to_whom_the_table_says(action: Action, role: str, own: bool) -> None:
    decision = may(actor(role, own), action, TARGET)
    assert decision.allowed is expected(TABLE["actions"][action], role, own), decision


@pytest.mark.parametrize(("role", "own"), EACH)
@pytest.mark.parametrize("granted", TABLE["grants"])
def test_a_role_is_granted_exactly_by_whom_the_table_says(granted: str, role: str, own: bool) -> None:
    named = "consortium-admin:x" if granted == "consortium-admin" else granted
    decision = may(actor(role, own), "user.grant", Target(library="a", user="somebody", role=named))
    assert decision.allowed is expected(TABLE["grants"][granted], role, own), decision


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("granted", [*ROLES, "consortium-admin:x"])
def test_nobody_grants_himself_anything(holder: str, granted: str) -> None:
    decision = may(actor(holder, True), "user.grant", Target(library="a", user="me", role=granted))
    assert (decision.allowed, decision.reason) == (False, "own-roles")


def test_a_consortium_appoints_the_first_admin_of_a_library_and_no_second() -> None:
    consortium = Actor("me", "", ("consortium-admin:x",))
    first = Target(library="a", user="somebody", role="library-admin", founded_by=frozenset({"x"}))
    assert may(consortium, "user.grant", first).allowed
    assert not may(
        consortium, "user.grant", Target(library="a", user="somebody", role="library-admin")
    ).allowed
    elsewhere = Target(library="a", user="somebody", role="library-admin", founded_by=frozenset({"y"}))
    assert not may(consortium, "user.grant", elsewhere).allowed
    assert not may(
        consortium, "user.grant", Target("a", "", "somebody", "librarian", frozenset({"x"}))
    ).allowed


def test_the_admin_of_the_centre_is_admin_of_the_consortium_at_the_top() -> None:
    centre = Actor("me", "", ("centre-admin",))
    assert may(centre, "repository.publish", Target(library="a", consortium="centre")).allowed
    assert may(centre, "membership.edit", Target(library="a", consortium="centre")).allowed
    assert not may(centre, "repository.publish", Target(library="a", consortium="x")).allowed


def test_everyone_changes_his_own_password_and_nobody_elses() -> None:
    for role, own in EACH:
        assert may(actor(role, own), "user.password", Target(user="me")).allowed
        assert not may(actor(role, own), "user.password", Target(user="somebody", library="a")).allowed


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_role_or_a_library_nothing_is_allowed(action: Action) -> None:
    for nobody in (Actor(""), Actor("me"), Actor("me", "a"), Actor("me", "", tuple(AT_A_LIBRARY))):
        if action != "user.password":
            for target in (TARGET, Target(), Target(user="somebody", role="librarian")):
                assert not may(nobody, action, target).allowed


@pytest.mark.parametrize("action", ACTIONS)
def test_whoever_runs_the_machine_may_do_everything(action: Action) -> None:
    assert may(Actor("root", operator=True), action, TARGET).reason == "operator"


ROLE = st.sampled_from(
    [*ROLES, "consortium-admin:x", "consortium-admin:y", "consortium-admin:", "no-such-role"]
)
ACTOR = st.builds(
    Actor,
    st.sampled_from(["me", "you"]),
    st.sampled_from(["", "a", "b"]),
    st.lists(ROLE, max_size=4).map(tuple),
)
ANY_TARGET = st.builds(
    Target,
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "x", "y", "centre"]),
    st.sampled_from(["me", "you", "they"]),
    ROLE,
    st.frozensets(st.sampled_from(["x", "y"]), max_size=2),
)


@given(ACTOR, st.sampled_from(ACTIONS), ANY_TARGET, ROLE)
def test_more_roles_never_take_a_right_away_and_other_scopes_never_give_one(
    someone: Actor, action: Action, target: Target, more: str
) -> None:
    richer = Actor(someone.name, someone.library, (*someone.roles, more))
    if may(someone, action, target).allowed:
        assert may(richer, action, target).allowed
    decision = may(someone, action, target)
    if decision.allowed:
        at_home = bool(someone.library) and someone.library == target.library
        granted = target.role.removeprefix("consortium-admin:")
        in_consortium = bool({target.consortium, granted} & someone.consortia)
        top = "centre-admin" in someone.roles
        own = action == "user.password" and target.user == someone.name
        founding = decision.reason == "founding" and bool(target.founded_by & someone.consortia)
        register = action == "library.create" and bool(someone.consortia)
        assert at_home or in_consortium or top or own or founding or register


WORLD = Configuration(
    (Library("a"), Library("b")),
    (Consortium("x"), Consortium("y")),
    (Membership("a", "x"), Membership("b", "y"), Membership("b", "x", "suspended")),
    (Repository("ra", "a"), Repository("rb", "b")),
    (
        User("me", "a", ("library-admin",)),
        User("you", "b", ("library-admin",)),
        User("they", "b", ("reader", "consortium-admin:y")),
        User("centre", "", ("centre-admin",)),
    ),
)
USER = st.builds(
    User,
    st.sampled_from(["me", "you", "they", "centre", "new"]),
    st.sampled_from(["", "a", "b"]),
    st.lists(st.sampled_from([*ROLES, "consortium-admin:x", "consortium-admin:y"]), max_size=3).map(tuple),
    st.sampled_from(["", "hash"]),
)


@given(st.lists(USER, min_size=1, max_size=6))
def test_the_admin_of_a_library_reaches_nothing_outside_it_by_whatever_accounts_he_changes(
    changes: list[User],
) -> None:
    present = {u.name: u for u in WORLD.users}
    mine = WORLD.users[0]
    for change in changes:
        world = Configuration(
            WORLD.libraries, WORLD.consortia, WORLD.memberships, WORLD.repositories, tuple(present.values())
        )
        me = Actor("me", present["me"].library, present["me"].roles)
        asked = demands(world, Configuration(users=(change,)))
        if all(may(me, d.action, d.target).allowed for d in asked):
            present[change.name] = change
    for user in present.values():
        before = {u.name: u for u in WORLD.users}.get(user.name)
        if before != user and user.name != "me":
            assert user.library == mine.library
            assert set(user.roles) <= AT_A_LIBRARY
            assert before is None
    assert (present["me"].library, present["me"].roles) == (mine.library, mine.roles)
