"""The languages of the interface (界面语言): catalogues of texts, and which one a visitor gets."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh-CN", "en")
DEFAULT = "zh-CN"


class Catalogue:
    """The texts of one language (语言目录), by dotted key.

    A missing key is an error of ours and shows as the key.
    """

    def __init__(self, lang: str, texts: dict[str, str]) -> None:
        self.lang = lang
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with ``{name}`` replaced.

        A count ``n`` of one takes ``key.one`` where there is one.
        """
        texts = self.texts
        text = texts.get(f"{key}.one") if values.get("n") == 1 else None
        if text is None:
            text = texts.get(key)
        if text is None:
            text = texts.get(f"{key}.other", key)
        for name, value in values.items():
            shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
            text = text.replace("{" + name + "}", shown)
        return text

    def maybe(self, key: str, default: str) -> str:
        """The text of ``key``, or ``default`` where the catalogue has none: for open sets such as roles."""
        return self.texts.get(key, default)


def flatten(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
    """Dotted keys of nested tables; the key ``other`` of a plural table is also the table's own text."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            flat.update(flatten(value, name))
        else:
            flat[name] = str(value)
    return flat


@cache
def catalogue(lang: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`."""
    text = files("ui").joinpath("locale", f"{lang}.toml").read_text(encoding="utf-8")
    return Catalogue(lang, flatten(tomllib.loads(text)))


def matching(code: str) -> str:
    """The interface language for a language tag.

    Any ``zh`` and any ``en`` have one, others give an empty text.
    """
    primary = code.strip().replace("_", "-").split("-")[0].lower()
    return {"zh": "zh-CN", "en": "en"}.get(primary, "")


def choose(wanted: str, cookie: str, accept: str) -> str:
    """The language of a visit.

    The address first, then the cookie, then Accept-Language (RFC 9110, 12.5.4).
    """
    for code in (wanted, cookie):
        found = matching(code)
        if found:
            return found
    ranked: list[tuple[float, int, str]] = []
    for order, part in enumerate(accept[:500].split(",")):
        code, _, parameters = part.partition(";")
        weight = 1.0
        name, _, value = parameters.strip().partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                weight = 0.0
        found = matching(code)
        if found and weight > 0:
            ranked.append((-weight, order, found))
    return min(ranked)[2] if ranked else DEFAULT
