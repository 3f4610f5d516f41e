"""The configuration file: what it may say, and what is said about what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdings.members import Members
from holdings.members.apply import ConfigurationError, apply, export, parse
from holdings.members.password import hash_password, verify_password

EXAMPLE = """
[[library]]
id = "pku"
name = { zh = "北京大学图书馆", en = "Peking \\"University\\" Library" }
isil = "CN-110108"
portal = { includes = ["jalis", "centre"], hosts = ["lib.example"] }

[[consortium]]
id = "jalis"
name = { zh = "江苏", en = "JALIS" }

[[membership]]
library = "pku"
consortium = "jalis"
status = "active"

[[repository]]
id = "pku-books"
library = "pku"
name = { zh = "图书", en = "Books" }
audience = "everyone"
offered_to = ["jalis", "centre"]
published_by = ["jalis"]
embargo_until = 2030-01-01

[[user]]
name = "reader1"
library = "pku"
roles = ["reader", "consortium-admin:jalis"]
password_env = "READER1_PASSWORD"
"""


@pytest.fixture
def members(database: sa.Engine) -> Iterator[Members]:
    registry = Members(database)
    registry.create_tables()
    yield registry


def test_applying_twice_changes_nothing(members: Members) -> None:
    environment = {"READER1_PASSWORD": "熊猫 panda"}
    first = apply(members, EXAMPLE, environment)
    assert set(first.changed) >= {"library/pku", "repository/pku-books", "user/reader1"}
    assert apply(members, EXAMPLE, environment).changed == ()


def test_the_export_can_be_applied_and_holds_no_secret(members: Members) -> None:
    apply(members, EXAMPLE, {"READER1_PASSWORD": "panda"})
    before = members.configuration()
    text = export(before)
    assert "argon2" not in text
    assert apply(members, text, {}).changed == ()
    assert members.configuration() == before
    assert 'en = "Peking \\"University\\" Library"' in text


def test_the_password_is_kept_as_a_salted_hash(members: Members) -> None:
    apply(members, EXAMPLE, {"READER1_PASSWORD": "panda"})
    secret = members.users()["reader1"].secret
    assert "panda" not in secret
    assert verify_password("panda", secret)
    assert not verify_password("Panda", secret)
    assert hash_password("panda") != hash_password("panda")


def test_an_unset_variable_leaves_the_user_without_login_and_says_so(members: Members) -> None:
    applied = apply(members, EXAMPLE, {})
    assert members.users()["reader1"].secret == ""
    assert not verify_password("", "")
    assert any("READER1_PASSWORD" in remark for remark in applied.remarks)


def test_a_password_may_come_from_a_file(members: Members, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("panda\n", "utf-8")
    apply(members, f'[[user]]\nname = "u"\npassword_file = "{file}"\n')
    assert verify_password("panda", members.users()["u"].secret)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[library]\n", ["not TOML", "line 1"]),
        ("[[libary]]\nid = 'a'\n", ["[[libary]]", "unknown table"]),
        ("[library]\nid = 'a'\n", ["[[library]]", "two brackets"]),
        ("[[library]]\nid = 'a'\ncolour = 1\n", ["[[library]] number 1", '"a"', "key colour"]),
        ("[[library]]\nname = { zh = 'a' }\n", ["[[library]] number 1", "key id"]),
        ("[[library]]\nid = 'a/b'\n", ['"a/b"', "key id"]),
        ("[[library]]\nid = 'centre'\n", ["reserved"]),
        ("[[library]]\nid = 'a'\n[[library]]\nid = 'a'\n", ["given twice"]),
        ("[[library]]\nid = 'a'\nname = { zh = 3 }\n", ["key name.zh", "str"]),
        ("[[membership]]\nlibrary = 'a'\nconsortium = 'centre'\n", ["no library", '"a"']),
        (
            "[[library]]\nid = 'a'\n[[repository]]\nid = 'r'\nlibrary = 'a'\naudience = 'all'\n",
            ['"r"', "key audience", "own-members"],
        ),
        (
            "[[library]]\nid = 'a'\n[[repository]]\nid = 'r'\nlibrary = 'a'\noffered_to = ['z']\n",
            ["key offered_to", '"z"'],
        ),
        ("[[library]]\nid = 'a'\n[[consortium]]\nid = 'a'\n", ["library a:", "consortium a:", "same id"]),
        ("[[user]]\nname = 'u'\npassword = 'p'\n", ["[[user]] number 1", "key password"]),
        ("[[user]]\nname = 'u'\nroles = ['king']\n", ["key roles", "king"]),
    ],
)
def test_what_is_wrong_is_named_with_table_and_key(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    for word in words:
        assert word in str(caught.value)


def test_a_wrong_file_changes_nothing(members: Members) -> None:
    with pytest.raises(ConfigurationError):
        apply(members, "[[library]]\nid = 'good'\n[[library]]\nid = 'bad id'\n")
    assert members.libraries() == {}


def test_sharing_that_stays_without_effect_is_remarked(members: Members) -> None:
    remarks = " ".join(apply(members, EXAMPLE, {"READER1_PASSWORD": "p"}).remarks)
    assert 'consortium = "centre"' in remarks


DESIGNED = """
[[library]]
id = "pku"
name = { zh = "北京大学图书馆" }
portal = { design = { tagline = { zh = "" }, blocks = [{ kind = "text", title = {}, text = { zh = "开放时间" } }, { kind = "search" }] } }

[[library]]
id = "fudan"
name = { zh = "复旦大学图书馆" }
portal = { design = { accent = "#112233" } }

[[endpoint]]
id = "pku-daia"
library = "pku"
kind = "daia"
address = "https://daia.example/"
active = false
options = { prefix = "", kept = {}, list = [] }

[[user]]
name = "nobody-yet"
roles = []
"""


def test_the_export_omits_what_equals_its_default_and_nothing_else(members: Members) -> None:
    apply(members, DESIGNED)
    before = members.configuration()
    text = export(before)
    assert "title = {" not in text and "tagline" not in text, "empty names say nothing"
    assert not any("{  }" in line for line in text.splitlines() if not line.startswith("options"))
    assert "roles = []" in text and "active = false" in text
    assert parse(text)[0].libraries == before.libraries
    assert apply(members, text).changed == () and members.configuration() == before
    assert before.endpoints[0].options == {"prefix": "", "kept": {}, "list": []}
