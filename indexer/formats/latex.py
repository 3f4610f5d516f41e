r"""LaTeX notation in bibliographies as plain text (LaTeX 转写): ``M{\"u}ller`` → Müller, ``Erd\H{o}s`` →
Erdős.

Only what bibliographies hold is known: accents, special letters, quotation marks, dashes, mark-up of
letters. Unknown commands lose their backslash and keep their text; mathematics keeps its source without the
dollar signs.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331", "t": "\u0361", "G": "\u030f", "h": "\u0309", "U": "\u030e",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ",
    "TH": "Þ", "ng": "ŋ", "NG": "Ŋ", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotesingle": "'", "textendash": "–", "textemdash": "—",
    "textbackslash": "\\", "textasciitilde": "~", "textunderscore": "_", "textasciicircum": "^",
    "textbar": "|", "textless": "<", "textgreater": ">", "textregistered": "®", "texttrademark": "™",
    "textcopyright": "©", "copyright": "©", "textdegree": "°", "textmu": "µ", "S": "§", "P": "¶",
    "pounds": "£", "euro": "€", "texteuro": "€", "ldots": "…", "dots": "…", "textellipsis": "…",
    "guillemotleft": "«", "guillemotright": "»", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX",
    "quad": " ", "qquad": " ", "newline": " ", "textordfeminine": "ª", "textordmasculine": "º",
    "textexclamdown": "¡", "textquestiondown": "¿", "slash": "/", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞",
    "times": "×", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "pm": "±", "cdot": "·",
    "to": "→", "rightarrow": "→", "sim": "∼", "approx": "≈", "ell": "ℓ", "sqrt": "√", "sum": "∑", "in": "∈",
}  # fmt: skip
_DROPPED = (
    "em it bf sl sc tt rm sf small large normalfont itshape bfseries scshape ensuremath mathrm text"
    " relax protect noopsort"
)
_COMMANDS_WITHOUT_TEXT = frozenset(_DROPPED.split())

# An accent takes a letter, a letter in braces, or a dotless letter with or without braces.
_ACCENT = re.compile(
    r"\\(?:(['`^\"~=.])\s*|([cvuHkrdbtGhU])(?=[\s{\\])\s*)(?:\{\s*\\?([^\W\d_]{1,2})\s*\}|\\([ij])(?![a-zA-Z])|([^\W\d_]))"
)
_COMMAND = re.compile(r"\\([a-zA-Z]+)(\*?)(\s*\{\}|\s+|(?=[^a-zA-Z])|$)")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([&%$#_{}\- ,/;:!@])")
_HIDDEN = {"{": "\ue000", "}": "\ue001", "$": "\ue002"}


def plain_text(text: str) -> str:
    """Text without LaTeX notation, NFC; braces that only protect capitals are gone."""
    if "\\" in text:
        text = _HREF.sub(r"\2", text)
        for _ in range(3):  # An accent may sit on an accent: \'{\^e}.
            changed = _ACCENT.sub(_accented, text)
            if changed == text:
                break
            text = changed
        text = _ESCAPED.sub(_escaped, text.replace("\\\\", " "))
        text = _COMMAND.sub(_named, text)
        text = text.replace("\\", "")
    if "$" in text:
        text = text.replace("$", "")
    if "~" in text:
        text = text.replace("~", "\u00a0")
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "``" in text or "''" in text:
        text = text.replace("``", "“").replace("''", "”")
    text = text.replace("{", "").replace("}", "")
    for sign, hidden in _HIDDEN.items():
        text = text.replace(hidden, sign)
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(text.replace("\u00a0", " ").split())


def _accented(match: re.Match[str]) -> str:
    mark = _ACCENTS[match.group(1) or match.group(2)]
    letters = match.group(3) or match.group(4) or match.group(5)
    if match.group(4) or (letters in ("i", "j") and match.group(3)):
        letters = letters.replace("ı", "i").replace("ȷ", "j")
    return unicodedata.normalize("NFC", letters[0] + mark + letters[1:])


def _escaped(match: re.Match[str]) -> str:
    sign = match.group(1)
    if sign in "-/!":
        return ""  # A hint where to break a word is no part of it.
    if sign in ",;: ":
        return " "
    return _HIDDEN.get(sign, sign)


def _named(match: re.Match[str]) -> str:
    name, blank = match.group(1), match.group(3)
    if name in _LETTERS:
        return _LETTERS[name]
    return "" if name in _COMMANDS_WITHOUT_TEXT else " " if blank.isspace() else ""
