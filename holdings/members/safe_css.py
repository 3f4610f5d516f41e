"""A library's own style rules, as far as they can do no harm (安全样式).

Only what the lists in ``safe_css.toml`` name gets through: selectors of known elements and classes,
properties that stay in their place, values without addresses. So rules can neither fetch anything, nor lay
one thing over another, nor hide where the keyboard is. Parsed as CSS Syntax Level 3 says, and written anew
from what was understood; nothing of the text itself is passed on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import tinycss2
from tinycss2 import ast

MOST = 20_000  # characters
MOST_RULES = 300
MOST_TOLD = 50
DEEPEST = 4  # brackets within one another
MOST_PARTS = 8  # elements and classes in one selector

Reason = Literal["long", "many", "syntax", "at-rule", "selector", "property", "value"]
_LISTS: dict[str, frozenset[str]] = {
    name: frozenset(values)
    for name, values in tomllib.loads(
        files("holdings.members").joinpath("safe_css.toml").read_text("utf-8")
    ).items()
}


class LeftOut(msgspec.Struct, frozen=True):
    """One thing that was left out (略去的样式): the line it stands in, why, and its beginning."""

    line: int
    reason: Reason
    what: str


class SafeCss(msgspec.Struct, frozen=True):
    """The rules that are used, as a style sheet, and what was left out."""

    sheet: str
    left_out: tuple[LeftOut, ...] = ()


@lru_cache(maxsize=256)
def safe_css(text: str) -> SafeCss:
    """What of a style sheet may be used. Never raises."""
    if len(text) > MOST:
        return SafeCss("", (LeftOut(1, "long", str(len(text))),))
    told: list[LeftOut] = []
    try:
        rules = _rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), told, True)
    except RecursionError:
        return SafeCss("", (LeftOut(1, "syntax", ""),))
    if len(rules) > MOST_RULES:
        told.append(LeftOut(1, "many", str(len(rules))))
    return SafeCss("\n".join(rules[:MOST_RULES]), tuple(told[:MOST_TOLD]))


def _rules(nodes: Iterable[Any], told: list[LeftOut], outermost: bool) -> list[str]:
    made = []
    for node in nodes:
        if isinstance(node, ast.QualifiedRule):
            selectors = _selectors(node, told)
            body = _declarations(node.content, told) if selectors else []
            if body:
                made.append(f"{', '.join(selectors)} {{ {'; '.join(body)} }}")
        elif isinstance(node, ast.AtRule) and node.lower_at_keyword == "media" and outermost and node.content:
            condition = _condition(node.prelude)
            if condition:
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                made += [f"@media {condition} {{ {rule} }}" for rule in _rules(inner, told, False)]
            else:
                told.append(LeftOut(node.source_line, "at-rule", "@media"))
        elif isinstance(node, ast.AtRule):
            told.append(LeftOut(node.source_line, "at-rule", f"@{node.at_keyword[:40]}"))
        else:
            told.append(LeftOut(node.source_line, "syntax", ""))
    return made


def _selectors(rule: Any, told: list[LeftOut]) -> list[str]:
    """Those of a rule's selectors that name only what is known."""
    parts: list[list[Any]] = [[]]
    for token in rule.prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    found = []
    for part in parts:
        selector = _selector(part)
        if selector:
            found.append(selector)
        else:
            told.append(LeftOut(rule.source_line, "selector", _beginning(part)))
    return found


def _selector(tokens: Sequence[Any]) -> str:
    made, before, named = "", "", 0
    for token in tokens:
        if token.type == "whitespace":
            made += " "
        elif token.type == "literal" and token.value in ".:>+" and before not in (".", ":"):
            made += token.value
        elif token.type == "ident" and before != "ident":
            kind = {".": "classes", ":": "pseudo"}.get(before, "elements")
            word = token.value if kind == "classes" else token.lower_value
            if word not in _LISTS[kind]:
                return ""
            made += word
            named += 1
        else:
            return ""
        before = token.value if token.type == "literal" else token.type
    made = " ".join(made.split())
    ends = made and made[0] not in ">+" and made[-1] not in ">+.:"
    return made if ends and 0 < named <= MOST_PARTS else ""


def _condition(prelude: Sequence[Any]) -> str:
    """A media query of known conditions joined by "and", or of print."""
    made = []
    for token in prelude:
        if token.type in ("whitespace", "comment"):
            continue
        if token.type == "ident" and token.lower_value in ("and", "screen", "print"):
            made.append(token.lower_value)
        elif token.type == "() block":
            inner = [t for t in token.content if t.type not in ("whitespace", "comment")]
            fits = (
                len(inner) == 3
                and inner[0].type == "ident"
                and inner[0].lower_value in _LISTS["media"]
                and inner[1] == ":"
                and inner[2].type in ("ident", "dimension")
            )
            if not fits:
                return ""
            made.append(f"({inner[0].lower_value}: {tinycss2.serialize([inner[2]])})")
        else:
            return ""
    joined = " ".join(made)
    alternate = all((word == "and") == (i % 2 == 1) for i, word in enumerate(made))
    return joined if made and len(made) % 2 and alternate else ""


def _declarations(content: Sequence[Any], told: list[LeftOut]) -> list[str]:
    made = []
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if not isinstance(node, ast.Declaration):
            told.append(LeftOut(node.source_line, "syntax", ""))
        elif node.lower_name not in _LISTS["properties"]:
            told.append(LeftOut(node.source_line, "property", node.name[:40]))
        elif not _harmless(node.value, node.lower_name == "font-family"):
            what = f"{node.lower_name}: {_beginning(node.value)}"
            told.append(LeftOut(node.source_line, "value", what))
        else:
            value = " ".join(tinycss2.serialize(node.value).split())
            made.append(f"{node.lower_name}: {value}{' !important' if node.important else ''}")
    return made


def _harmless(tokens: Sequence[Any], texts: bool = False, depth: int = 0) -> bool:
    """Whether a value has only words, numbers from 0 on, colours and known functions."""
    if depth > DEEPEST:
        return False
    for token in tokens:
        if token.type in ("whitespace", "comment"):
            continue
        if token.type in ("number", "percentage", "dimension"):
            # What is less than nothing would draw one thing over another, or out of the page.
            fits = token.value >= 0
        elif token.type == "ident":
            fits = not token.value.startswith("--") or (depth > 0 and token.value in _LISTS["variables"])
        elif token.type == "hash":
            fits = len(token.value) <= 8 and token.value.isalnum() and token.value.isascii()
        elif token.type == "literal":
            fits = token.value in ",/+*"
        elif token.type == "string":
            fits = texts and "<" not in token.value
        elif token.type == "function":
            fits = token.lower_name in _LISTS["functions"] and _harmless(token.arguments, texts, depth + 1)
        elif token.type == "() block":
            fits = depth > 0 and _harmless(token.content, texts, depth + 1)
        else:
            fits = False
        if not fits:
            return False
    return bool(tokens)


def _beginning(tokens: Sequence[Any]) -> str:
    """The beginning of what was left out, for the person who wrote it."""
    flat = "".join(
        tinycss2.serialize([t]) if not hasattr(t, "content") and not hasattr(t, "arguments") else "(…)"
        for t in tokens[:20]
    )
    return " ".join(flat.split())[:60]
