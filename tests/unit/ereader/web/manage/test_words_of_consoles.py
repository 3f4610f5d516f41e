"""What consoles call problems, fields, ids and whoever works unasked: in the language of the page."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from ereader import jobs
from ereader.auth import audit, setup
from ereader.auth.roles import Actor
from ereader.web.key_words import _OF_ALL, key_word
from ereader.web.manage import change_log, problem_words
from ereader.web.manage.sheets import actor_name
from holdings.members.apply import valid_id
from indexer.problem import Problem
from ui.language import catalogue

ENGLISH = "the file ends inside this element"


def visit(lang: str) -> Any:
    return SimpleNamespace(lang=lang, texts=catalogue(lang))


@pytest.mark.parametrize(
    "code", ["json-truncated", "row-columns", "xml-malformed", "id-twice", "worker-died"]
)
def test_a_problem_without_a_check_of_its_own_is_told_in_chinese(code: str) -> None:
    found = problem_words.fault(visit("zh-CN"), code, "error", 1, [Problem(code, "error", ENGLISH, "f", 2)])
    assert re.search("[一-鿿]", found.text)
    assert ENGLISH not in str(found)
    told = problem_words.fault(visit("en"), code, "error", 1, [Problem(code, "error", ENGLISH, "f", 2)])
    assert ENGLISH in str(told) and not re.search("[一-鿿]", told.text)


def test_a_problem_that_no_table_knows_is_told_as_it_was_reported() -> None:
    shown = [Problem("of-a-plug-in", "error", ENGLISH)]
    assert problem_words.fault(visit("zh-CN"), "of-a-plug-in", "error", 1, shown).text == ENGLISH
    assert problem_words.fault(visit("zh-CN"), "of-a-plug-in", "error", 1).text == "of-a-plug-in"


def test_who_works_unasked_has_a_name_in_each_language_and_users_keep_theirs() -> None:
    unasked = audit.name_of(jobs.AUTOMATIC)
    assert actor_name(visit("zh-CN"), unasked) == "自动" and actor_name(visit("en"), unasked) == "automatic"
    assert actor_name(visit("zh-CN"), audit.name_of(Actor("background"))) == "background"
    assert actor_name(visit("zh-CN"), "operator:root") == "root"


@pytest.mark.parametrize(("actor", "said"), [("operator:set-up", "首次设置"), ("user:anna", setup.REASON)])
def test_only_the_reason_that_the_program_gave_is_translated(actor: str, said: str) -> None:
    entry: Any = SimpleNamespace(actor=actor, reason=setup.REASON)
    assert change_log._why(visit("zh-CN"), entry) == said


def test_keys_of_entries_are_called_as_in_the_forms_that_show_them() -> None:
    texts = catalogue("zh-CN")
    assert key_word(texts, "website", "library") == texts("manage_profile.website")
    assert key_word(texts, "name", "user") != key_word(texts, "name", "library") != "name"
    assert key_word(texts, "of_nothing", "library") == "of_nothing"
    assert [text for text in _OF_ALL.values() if texts.maybe(text, "") == ""] == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_what_is_said_of_ids_agrees_with_the_rule(lang: str) -> None:
    texts = catalogue(lang)
    assert valid_id("PKU.main_2-b") and not valid_id("北大")
    for key in ("manage_load.bad_id", "manage_consortium.id_hint", "manage_consortium.id_wrong"):
        assert "A–Z" in texts(key) and "a–z" in texts(key), key
