"""Names of persons and bodies, and what they did (责任者).

Chinese statements name several people before one word of responsibility (张三, 李四主编), put a dynasty or
country in brackets before a name ([清] 曹雪芹; (美) 马克·吐温), and end a list with 等. Western ones put the
word first (translated by …).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from indexer.records.body import ends_like_a_body, is_body
from indexer.records.record import Contributor, ContributorKind

_HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff〇"
_HAN_ONLY = re.compile(f"[{_HAN}]+")
_INVERTED_HAN = re.compile(f"([{_HAN}]{{1,2}})[,，]\\s*([{_HAN}]{{1,2}})")
_HAS_HAN = re.compile(f"[{_HAN}]")
_DOTS = re.compile(
    rf"(?<=[{_HAN}])\s?[.．﹒]\s?(?=[{_HAN}])|(?<=[{_HAN}A-Za-z])\s?[•・‧●∙⋅⸱᛫ꞏ]\s?(?=[{_HAN}])"
    rf"|(?<=[{_HAN}])\s?[•・‧●∙⋅⸱᛫ꞏ]\s?(?=[{_HAN}A-Za-z])"
)
_ORIGIN = re.compile(
    rf"^\s*[\[(（【〔［﹝]\s*((?:[{_HAN}]{{1,8}}|[A-Za-z][A-Za-z .]{{1,24}}))\s*[\])）】〕］﹞]\s*(?=\S)"
)
_ETC = re.compile(
    r"(?:\s*[\[(（【〔［]?\s*(?:\.\.\.|…+)?\s*(?:等|et\.? al\.?|and others|u\.\s?a\."
    r"|\[et\.? al\.?\])\s*[\])）】〕］]?\s*)+$",
    re.I,
)
_ETC_INSIDE = re.compile(
    r"\s*(?:\.\.\.|…+)?\s*[\[(（【〔［]\s*(?:等|et\.? al\.?|e al\.?)\s*[\])）】〕］]\.?\s*", re.I
)
_PARTS = re.compile(r"\s*[;；]\s*")
_HEADED = re.compile(rf"\s*([{_HAN}]{{1,6}})\s*[:：]\s*")
_FIRST_WORD = re.compile(r"\s*([^\s]{1,6})\s+(?=\S)")
_BRACKETED = re.compile(r"[\[(（]\s*([^\])）]{1,8})\s*[\])）]\s*$")
_BETWEEN_NAMES = re.compile(r"\s*[,，、&]\s*|\s+and\s+|　{2,}")
_ET_AL = re.compile(r"\[et\.? al\.?\]|\bet al\.?|\.\.\.|…")
_BETWEEN_LATIN_NAMES = re.compile(r"(?:\s*,)?\s+(?:and|&|und|et|y)\s+|,\s+(?!Jr|Sr|Inc|Ltd|II)")
_BY_ORDER = re.compile(r"(?<=..)(?:奉[敕勅旨詔诏]|等奉[敕勅])$")
_TAIL = " ,;:/；，：、"
_DATES = re.compile(
    r"[,，]?\s*[(（]?((?:ca\. ?|b\. ?|d\. ?|fl\. ?"
    r"|约)?[0-9]{3,4}\??\s?[-–—~]\s?(?:[0-9]{3,4}\??)?)[)）]?\s*\.?$"
)
_LATIN_ROLE = re.compile(
    r"^\s*(?:(written|edited|translated|compiled|illustrated|adapted|selected|annotated|introduced|retold"
    r"|arranged|read|directed"
    r"|photographed)(?:,? (?:and|&) (?:written|edited|translated|compiled|illustrated|adapted|selected"
    r"|annotated|introduced|arranged))?"
    r"(?:\s(?:from|into)[^;]{1,40}?|\s(?:with|and)[^;]{1,60}?)?\s+by|(editors?|authors?|compilers?"
    r"|translators?|eds?\.|photographs|photos"
    r"|illustrations|drawings|foreword|preface|introduction|with (?:an? )?(?:introduction|foreword"
    r"|preface)(?: and [a-z]+)*|text|notes)"
    r"(?:\s*[:,]|\s+by)?|(hrsg\. von|herausgegeben von|bearbeitet von|übersetzt von|traduit par"
    r"|traduction de|sous la direction de|a cura di"
    r"|trad\. de|von|par|por|di)|by)\s+",
    re.I,
)
_LATIN_ROLES: dict[str, str] = {
    "written": "author",
    "edited": "editor",
    "translated": "translator",
    "compiled": "compiler",
    "illustrated": "illustrator",
    "adapted": "adapter",
    "selected": "editor",
    "annotated": "annotator",
    "introduced": "writer of preface",
    "retold": "adapter",
    "arranged": "editor",
    "read": "narrator",
    "directed": "director",
    "photographed": "photographer",
    "editor": "editor",
    "ed.": "editor",
    "author": "author",
    "compiler": "compiler",
    "translator": "translator",
    "photographs": "photographer",
    "photos": "photographer",
    "illustrations": "illustrator",
    "drawings": "illustrator",
    "foreword": "writer of preface",
    "preface": "writer of preface",
    "introduction": "writer of preface",
    "text": "author",
    "notes": "annotator",
    "hrsg. von": "editor",
    "herausgegeben von": "editor",
    "bearbeitet von": "editor",
    "sous la direction de": "editor",
    "a cura di": "editor",
    "übersetzt von": "translator",
    "traduit par": "translator",
    "traduction de": "translator",
    "trad. de": "translator",
}


@cache
def _roles() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in (files(__package__) / "roles.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, role_name = line.split("\t")
            table[word.casefold()] = role_name
    return table


_TWO_CHARACTER_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳歐陽司马司馬诸葛諸葛上官东方東方皇甫尉迟尉遲公孙公孫慕容令狐长孙長孫宇文司徒司空夏侯端木"
        "西门西門南宫南宮独孤獨孤呼延钟离鍾離淳于澹台申屠太史轩辕軒轅完颜完顏耶律拓跋贺兰賀蘭万俟闻人聞人",
    )
)


def has_double_surname(name: str) -> bool:
    """Whether a Chinese name begins with a surname of two characters (复姓): 欧阳修."""
    return name[:2] in _TWO_CHARACTER_SURNAMES


@cache
def _role_suffix() -> re.Pattern[str]:
    words = sorted((word for word in _roles() if _HAN_ONLY.fullmatch(word)), key=len, reverse=True)
    return re.compile("(?:" + "|".join(words) + ")$")


@cache
def _role_prefix() -> re.Pattern[str]:
    words = sorted(
        (word for word in _roles() if _HAN_ONLY.fullmatch(word) and len(word) > 1), key=len, reverse=True
    )
    return re.compile("(" + "|".join(words) + rf")(?=[{_HAN}]{{2,4}}(?:$|[,，、\s]))")


def known_role(word: str) -> str:
    """The role a word stands for, '' where it is no word of responsibility (责任方式)."""
    text = word.strip().strip(_TAIL + "()（）[]［］").casefold()
    return _roles().get(text) or _roles().get(text.rstrip(".")) or ""


@lru_cache(maxsize=4096)
def role(word: str) -> str:
    """The role a word, relator code or relator address stands for (责任方式).

    An unknown word comes back trimmed.
    """
    text = word[:80].strip().strip(_TAIL + "()（）[]［］")
    if not text:
        return ""
    if text.startswith("http"):
        text = text.rstrip("/").rsplit("/", 1)[-1]
    found = _roles().get(text.casefold()) or _roles().get(text.casefold().rstrip("."))
    if found:
        return found
    if _HAS_HAN.search(text):
        match = _role_suffix().search(text)
        if match:
            return _roles()[match.group()]
    return text.rstrip(".")


def split_origin(text: str) -> tuple[str, str]:
    """(dynasty or country, name) of a name with brackets before it (朝代或国别): ``[清] 曹雪芹`` → ``("清",
    "曹雪芹")``.
    """
    match = _ORIGIN.match(text)
    if match:
        return match.group(1), text[match.end() :].strip()
    return "", text.strip()


def clean(text: str) -> str:
    """A name without the marks of a statement around it, its dots made one kind (人名规范): 马克•吐温 →
    马克·吐温.
    """
    if text.isascii():
        name = text.strip(_TAIL)
        # A full stop ends a heading unless it belongs to an initial or an abbreviation.
        if name.endswith(".") and len(name) > 3 and name[-3] not in " .-" and not _ABBREVIATED.search(name):
            name = name[:-1].rstrip(_TAIL)
        return name
    name = _DOTS.sub("·", text).strip(_TAIL + "\u3000")
    if name.endswith("等") and len(name) > 2 and _HAS_HAN.search(name[:-1]):
        name = name[:-1].rstrip(_TAIL)
    if name.endswith(".") and len(name) > 3 and name[-3] not in " .-" and not _ABBREVIATED.search(name):
        name = name[:-1].rstrip(_TAIL)
    inverted_han = _INVERTED_HAN.fullmatch(name)
    if inverted_han is not None and (len(inverted_han[1]) == 1 or inverted_han[1] in _TWO_CHARACTER_SURNAMES):
        return inverted_han[1] + inverted_han[2]  # 王, 小明: forms made for Western names want the comma
    parts = name.split()
    if len(parts) > 1 and all(len(part) == 1 and _HAS_HAN.match(part) for part in parts) and len(parts) < 5:
        return "".join(parts)
    if (
        len(parts) == 2
        and len(name) <= 5
        and all(_HAN_ONLY.fullmatch(part) for part in parts)
        and min(map(len, parts)) == 1
    ):
        return "".join(parts)
    return name


_ABBREVIATED = re.compile(r"\b(?:Jr|Sr|Inc|Co|Ltd|Corp|etc|St|Dr|Dept|Mrs?|Ph\.D|U\.S|Bros|cent|fl|ca)\.$")


def kind(name: str) -> ContributorKind:
    """person or corporate, by the words of the name (个人或团体)."""
    return "corporate" if is_body(name) else "person"


def direct(name: str) -> str:
    """A name in the order it is spoken (顺序): ``Twain, Mark`` → ``Mark Twain``; Chinese names stay."""
    head, comma, tail = name.partition(",")
    if not comma or not tail.strip():
        return name
    given = tail.split(",")[0].strip()
    return f"{given} {head.strip()}" if given and not given[0].isdecimal() else head.strip()


_PARTICLES = frozenset(["von", "van", "de", "der", "den", "la", "du", "da", "di", "ibn", "al", "ter", "le"])


def inverted(name: str) -> str:
    """A personal name with the family name first (倒置): ``Mark Twain`` → ``Twain, Mark``.

    Chinese names stay.
    """
    if "," in name or _HAS_HAN.search(name):
        return name
    parts = name.split()
    if len(parts) < 2:
        return name
    at = len(parts) - 1
    while at > 1 and parts[at - 1].lower() in _PARTICLES:
        at -= 1
    if at >= 1 and parts[-1].rstrip(".").lower() in ("jr", "sr", "ii", "iii", "iv") and len(parts) > 2:
        return f"{parts[-2]}, {' '.join(parts[:-2])}, {parts[-1]}"
    return f"{' '.join(parts[at:])}, {' '.join(parts[:at])}"


# A dynasty or country before the name, or a word of responsibility behind one of three characters or more.
_STATEMENT = re.compile(
    r"^[\[(（【〔［].{1,8}?[\])）】〕］].|.{2}(?:主编|主編|编著|編著|编译|編譯|编纂|編纂|校注|点校|點校|整理|改编|改編|主修|总纂|總纂|编辑|編輯|编写|編寫)$"
    r"|.{3}[著撰编編辑輯译譯修纂绘繪注疏刻]$"
)


def is_statement(text: str) -> bool:
    """Whether a Chinese text is a statement (``[清] 曹雪芹著``) rather than a name alone (是否责任说明)."""
    return all(_STATEMENT.search(part.strip()) for part in re.split(r"[;；]", text) if part.strip())


def parse_statement(text: str) -> tuple[Contributor, ...]:
    """Contributors of a statement of responsibility (责任说明): ``[清] 曹雪芹著 ; 高鹗续``.

    () for one without a name.
    """
    found: list[Contributor] = []
    for part in _PARTS.split(text[:4000]):
        part = part.strip().strip("/").strip()
        if part:
            found.extend(_han_part(part) if _HAS_HAN.search(part) else _latin_part(part))
        if len(found) > 200:
            break
    return tuple(dict.fromkeys(found))


def _han_part(part: str) -> list[Contributor]:
    part = _ETC_INSIDE.sub("", part).strip(" .。,，")
    word = ""
    head = _HEADED.match(part)  # 作者: 张三; 主编：李四
    if head and head.group(1) in _roles():
        word, part = head.group(1), part[head.end() :]
    else:
        head = _FIRST_WORD.match(part)
        if head and head.group(1) in _roles() and len(head.group(1)) > 1:  # 主编 张三
            word, part = head.group(1), part[head.end() :]
    if not word:
        tail = _BRACKETED.search(part)
        if tail and tail.group(1) in _roles():
            word, part = tail.group(1), part[: tail.start()]
        else:
            match = _role_suffix().search(part)
            # A single character is a word of responsibility only when at least two characters of a name stay
            # before it.
            if match and len(part[: match.start()].strip(" ,，、")) >= 2:
                body = part.strip()
                before = split_origin(part[: match.start()])[1].strip()
                if len(match.group()) == 1 and (ends_like_a_body(body) or before in _TWO_CHARACTER_SURNAMES):
                    pass  # 欧阳修 is a name, and so is 上官编
                else:
                    word, part = match.group(), part[: match.start()]
        if not word:
            lead = _role_prefix().match(part)  # 主编傅立国
            if lead:
                word, part = lead.group(1), part[lead.end() :]
        part = _BY_ORDER.sub("", part)
    part = _ETC.sub("", part.strip())
    names: list[str] = []
    for piece in _BETWEEN_NAMES.split(part):
        names.extend(_blank_separated(piece.strip()))
    done = role(word) if word else ""
    origin = ""
    found: list[Contributor] = []
    for name in names:
        given, name = split_origin(_ETC.sub("", name))
        origin = given or origin if given else ""
        name = clean(name)
        dates = _DATES.search(name)
        if dates:
            name = name[: dates.start()].strip(_TAIL)
        if name and not name.isdecimal() and len(name) <= 120 and name not in ("等", "不详", "佚名撰"):
            found.append(
                Contributor(name, done, kind(name), dates=dates.group(1) if dates else "", note=origin)
            )
    return found


def _blank_separated(piece: str) -> list[str]:
    """Names with blanks between them (张三 李四), but not the two halves of one name (王 力.

    马克·吐温 Mark Twain).
    """
    words = piece.split()
    if len(words) > 1 and all(_HAN_ONLY.fullmatch(word) and 2 <= len(word) <= 4 for word in words):
        return words
    return [piece]


def _latin_part(part: str) -> list[Contributor]:
    done = "author"
    match = _LATIN_ROLE.match(part)
    while match:
        word = (match.group(1) or match.group(2) or match.group(3) or "").lower()
        key = word.removeprefix("with an ").removeprefix("with a ").removeprefix("with ").split(" and ")[0]
        done = (
            _LATIN_ROLES.get(key) or _LATIN_ROLES.get(key.rstrip("s")) or _LATIN_ROLES.get(word) or "author"
        )
        part = part[match.end() :]
        match = _LATIN_ROLE.match(part)
    part = _ET_AL.sub("", part).strip(" .,[]")
    found: list[Contributor] = []
    for name in _BETWEEN_LATIN_NAMES.split(part):
        name = clean(name).strip(" []")
        if 1 < len(name) <= 120 and not name.isdecimal() and name[:1].isalpha():
            found.append(Contributor(name, done, kind(name)))
    return found


def normalise(who: Contributor) -> Contributor:
    """A contributor with its name cleaned, dynasty or country taken off and role in the field's words
    (责任者规范).
    """
    name = who.name
    done = who.role
    note = who.note
    if name.isascii():
        cleaned = clean(name) if name[-1:] in ".,;:/ " or name[:1] in " ,;:/" else name
    else:
        cleaned = name
        if name[:1] in "[(（【〔［﹝":
            origin, cleaned = split_origin(name)
            note = note or origin
        cleaned = clean(cleaned)
        if not cleaned:
            cleaned = name
    if done:
        done = role(done)
    if cleaned == name and done == who.role and note == who.note:
        return who
    return msgspec.structs.replace(who, name=cleaned or name, role=done, note=note)
