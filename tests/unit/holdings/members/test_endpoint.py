"""Addresses of other systems in the registry: what may be said of them, and where secrets stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from holdings.members import Endpoint, Members
from holdings.members.apply import ConfigurationError, apply, export, parse
from holdings.members.endpoint import secret, variable

LIBRARIES = "[[library]]\nid = 'pku'\n[[library]]\nid = 'thu'\n"
SIP = """
[[endpoint]]
id = "pku-sip"
library = "pku"
kind = "sip2"
address = "sip2://127.0.0.1:6001"
options = { institution = "PKU", charset = "gb18030", secrets = { password = "SIP" }, map = { a = { b = ["c"] } } }
active = false
"""


@pytest.fixture
def members(database: sa.Engine) -> Iterator[Members]:
    registry = Members(database)
    registry.create_tables()
    yield registry


def test_an_endpoint_is_kept_exported_and_applied_again_without_change(members: Members) -> None:
    assert "endpoint/pku-sip" in apply(members, LIBRARIES + SIP).changed
    kept = members.endpoints()["pku-sip"]
    assert (kept.library, kept.active, kept.options["map"]) == ("pku", False, {"a": {"b": ["c"]}})
    text = export(members.configuration())
    assert apply(members, text).changed == ()
    assert members.configuration().endpoints == (kept,)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("library = 'nobody'", "library"),
        ("kind = 'Ä'", "kind"),
        ("address = 'file:///etc/passwd'", "address"),
        ("address = 'http://user:pass@host/'", "address"),
        ("address = 'http://host:port/'", "address"),
        ("address = 'http://ho st/'", "address"),
        ("options = { password = 'x' }", "options.password"),
        ("options = { Token = 'x' }", "options.Token"),
        ("options = { secrets = { password = 'PATH_OF_ALL' } }", "options.secrets"),
        ("options = { secrets = 'SIP' }", "options.secrets"),
        ("options = { since = 2020-01-01 }", "options.since"),
        ("options = {a={a={a={a={a={a={a={a=1}}}}}}}}", "options.a.a.a.a.a.a"),
        ("colour = 1", "colour"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_named(line: str, key: str) -> None:
    name = line.partition(" ")[0]
    given = {"id": "'e'", "library": "'pku'", "kind": "'daia'", "address": "'http://host/'"}
    text = "\n".join(f"{k} = {v}" for k, v in given.items() if k != name)
    with pytest.raises(ConfigurationError) as caught:
        parse(f"{LIBRARIES}[[endpoint]]\n{text}\n{line}\n")
    assert f"key {key}" in str(caught.value)


def test_an_endpoint_does_not_change_its_library(members: Members) -> None:
    apply(members, LIBRARIES + SIP)
    with pytest.raises(ConfigurationError, match="belongs to"):
        apply(members, SIP.replace('library = "pku"', 'library = "thu"'))


def test_a_secret_comes_from_the_variable_of_its_own_library() -> None:
    environment = {"EREADER_SECRET_PKU__SIP": "panda", "EREADER_SECRET_THU__SIP": "tiger", "SIP": "no"}
    endpoint = Endpoint("e", "pku", "sip2", options={"secrets": {"password": "SIP", "bad": "../SIP"}})
    assert secret(endpoint, "password", environment) == "panda"
    assert secret(endpoint, "bad", environment) == ""
    assert secret(endpoint, "user", environment) == ""
    assert variable("b-1.x", "SIP") == "EREADER_SECRET_B_1_X__SIP"
