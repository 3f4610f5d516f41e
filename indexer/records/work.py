"""Which records describe the same work (作品归并): keys of author and title, made of one record alone.

Two records are of one work when they share a *firm* key, or when a *loose* key of one is a firm key of the
other. Loose keys are what may mean another work too: a variant title, a title without what follows its colon,
the pinyin of Chinese. Two loose keys never join records, so 李伟 and 李炜 stay apart although a romanised
record says Li Wei of both.

The key follows the idea of the FRBR work (IFLA, Functional Requirements for Bibliographic Records, 3.2.1):
editions, translations and readings aloud are of one work, so the type of a record has no part in it. Titles
that name a kind of book rather than a book (论文集, Poems) are in ``stop_titles.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from indexer.records import name as names
from indexer.records.language import to_iso639_3
from indexer.records.record import Contributor, Record, Title
from indexer.records.work_key import WorkKey as WorkKey
from indexer.text.analyse import has_han, index_text, key, without_and
from indexer.text.fold import fold
from indexer.text.pinyin import pinyin_keys
from indexer.text.sorting import name_sort_key

MAX_KEYS = 8
MAX_TITLES = 6  # further titles of one record that are considered
NO_WORK = frozenset({"teacher"})  # a person is no work
SERIALS = frozenset({"journal"})
_OTHERWISE = NO_WORK | SERIALS
_TRANSLATED = ("Translation of", "translation of")
_AUTHORS = frozenset(
    {"", "author", "creator", "composer", "cartographer", "artist", "writer", "attributed name"}
)
_FIRM = frozenset({"uniform", "translated", "parallel", "former"})
_LOOSE = frozenset({"variant", "cover", "spine"})
_UNKNOWN = frozenset({"anonymous", "anon", "unknown", "unknownauthor", "佚名", "无名氏"})
_HONORIFIC = frozenset({"jr", "sr", "ii", "iii", "iv", "dr", "sir", "st", "saint"})


def plain_key(record: Record, proper: str) -> str:
    """The one key of a plain record, which most are: "" where it takes `work_keys` to find out (简单记录).

    ``proper`` is ``analyse.key`` of the title. The same as `work_keys` in a quarter of the time.
    """
    title = record.title
    people = record.contributors
    if not people or len(record.titles) > 1 or not title.isascii() or ":" in title:
        return ""
    author = people[0]
    if (author.role not in _AUTHORS and len(people) > 1) or author.romanised or record.type in _OTHERWISE:
        return ""
    if author.kind != "person" and record.title_remainder:
        return ""
    for relation in record.relations:
        if relation.kind == "translation_of":
            return ""
    for note in record.notes:
        if note.startswith(_TRANSLATED):
            return ""
    compact = _compact(proper)
    if title[-1:] in _ENDS or "/" in title or "=" in title or compact in stop_titles():
        return ""
    by = name_key(author.name, author.kind)
    return f"{by}|{compact}" if by and compact and by not in _UNKNOWN else ""


def work_keys(record: Record, key_of: Callable[[str], str] = key) -> list[WorkKey]:
    """The keys of a record, firm ones first; [] where it says too little to tell its work.

    ``key_of`` may be a quicker ``analyse.key`` that knows the record's titles already.
    """
    if record.type in NO_WORK or not record.title:
        return []
    if record.type in SERIALS:
        return _serial_keys(record, key_of)
    author = _author(record.contributors)
    if author is None:
        return _anonymous_keys(record, key_of)
    by = name_key(author.name, author.kind)
    title = _title_key(record.title, key_of)
    if not title or not by:
        return []
    if author.kind != "person" and record.title_remainder and title not in stop_titles():
        # Bodies give many reports one short title, and say behind the colon what each is about.
        title += _compact(key_of(record.title_remainder))
    if by in _UNKNOWN:
        return _anonymous_keys(record, key_of, declared=True)
    found: dict[str, bool] = {}

    def add(name: str, title: str, loose: bool = False) -> None:
        if not name or not title:
            return
        if title in stop_titles():
            agreeing = _publication_key(record, key_of)
            if not agreeing:
                return
            title = f"{title}|{agreeing}"
        text = f"{name}|{title}"
        if len(found) < MAX_KEYS or text in found:
            found[text] = loose and found.get(text, True)

    add(by, title)
    also = name_key(author.romanised, author.kind) if author.romanised else ""
    for other in _original_titles(record):
        bare = _title_key(_uniform(other), key_of)
        add(by, bare)
        # A foreign author's name in Latin letters with the original title is what the original itself has.
        add(also, bare)
    for form in record.titles[: 1 + MAX_TITLES]:
        if form.value and form.value != record.title and form.kind in _LOOSE:
            add(by, _title_key(form.value, key_of), loose=True)
    if (shorter := _before_colon(record.title)) != record.title:
        add(by, _title_key(shorter, key_of), loose=True)
    if has_han(record.title) and title not in stop_titles():
        for spelled, titled in _spelled(record, author):
            add(spelled, titled, loose=True)
    firm = [WorkKey(text, False) for text, loose in found.items() if not loose]
    return firm + [WorkKey(text, True) for text, loose in found.items() if loose]


def _author(contributors: tuple[Contributor, ...]) -> Contributor | None:
    for contributor in contributors[:4]:
        if contributor.role in _AUTHORS:
            return contributor
    return contributors[0] if contributors else None


def _anonymous_keys(record: Record, key_of: Callable[[str], str], *, declared: bool = False) -> list[WorkKey]:
    """Works without an author are told by their uniform title (MARC 21 130, UNIMARC 500); by the title itself
    only where the source says that nobody knows the author.
    """
    titles = [_uniform(t.value) for t in record.titles[: 1 + MAX_TITLES] if t.kind == "uniform"]
    if declared:
        titles.append(record.title)
    keys = dict.fromkeys(title for t in titles if (title := _title_key(t, key_of)))
    return [WorkKey(f"|{title}") for title in keys if title not in stop_titles() and len(title) > 1]


def _serial_keys(record: Record, key_of: Callable[[str], str]) -> list[WorkKey]:
    """A serial is told by its ISSN; without one by title and publisher."""
    found = [f"issn|{i.value}" for i in record.identifiers if i.scheme == "issn" and i.valid][:4]
    found += [f"cn|{i.value}" for i in record.identifiers if i.scheme == "cn" and i.valid][:2]
    publisher = record.publication.publisher
    if publisher:
        found.append(f"serial|{_title_key(record.title, key_of)}|{_compact(key_of(publisher))}")
    return [WorkKey(text) for text in dict.fromkeys(found)]


def _publication_key(record: Record, key_of: Callable[[str], str]) -> str:
    """What besides must agree where a title says nothing: publisher and year."""
    publisher = record.publication.publisher
    return f"{_compact(key_of(publisher))}|{record.year}" if publisher and record.year is not None else ""


def _original_titles(record: Record) -> Iterator[str]:
    """Titles of the same work in another form or language, as cataloguers give them."""
    for title in record.titles[: 1 + MAX_TITLES]:
        if title.kind in _FIRM and title.value and title.value != record.title:
            yield title.value
    for relation in record.relations[:MAX_TITLES]:
        if relation.kind == "translation_of" and relation.title:
            yield relation.title
    for note in record.notes:
        if note.startswith(_TRANSLATED):
            told = note[14:].lstrip(" :").split(" / ")[0].strip(" .[]\"'")
            if 1 < len(told) <= 120:
                yield told


# Names


@lru_cache(maxsize=65536)
def name_key(name: str, kind: str = "person") -> str:
    """A name made comparable whatever its order and marks (责任者键): ``Twain, Mark, 1835-1910`` and ``Mark
    Twain`` are alike, and so are [清] 曹雪芹 and 曹雪芹.

    Of a Western person the first given name and the last family name count; bodies count whole.
    """
    if kind == "person" and (plain := _PLAIN_NAME.match(name.lower())) is not None:
        last, first = plain.groups()
        if first not in _HONORIFIC:
            return f"{first} {last}" if first < last else f"{last} {first}"
    if not name.isascii():
        if has_han(name):
            name = _BRACKETS.sub(" ", names.split_origin(name)[1]) or name
            return _compact(key(name))
        name = fold(name)
    if kind != "person":
        return _compact(key(name))
    if "(" in name or "[" in name:
        name = _BRACKETS.sub(" ", name) or name
    head, comma, rest = name.partition(",")
    if comma:
        given = rest.partition(",")[0]
        if not any(c.isdecimal() for c in given):
            head = f"{given} {head}"
    if "-" in head:
        head = head.replace("-", "")
    words = [w for w in index_text(head).split() if w not in _HONORIFIC]
    if len(words) < 2:
        return words[0] if words else ""
    first, last = words[0], words[-1]
    return f"{first} {last}" if first < last else f"{last} {first}"


def _spelled(record: Record, author: Contributor) -> Iterator[tuple[str, str]]:
    """(name, title) of a Chinese record in Latin letters: as the source gives them, and in pinyin."""
    main = next((t for t in record.titles if t.kind == "main"), Title(""))
    if main.romanised and author.romanised:
        yield name_key(author.romanised, author.kind), _compact(key(main.romanised))
    who = names.split_origin(author.name)[1] if author.name[:1] in "[(（【〔［" else author.name
    bare = _without_noise(record.title)
    spelled = pinyin_keys(bare)
    if spelled is None or len(bare) > 40 or not _HAN_NAME.fullmatch(who):
        return
    syllables = name_sort_key(who).partition("\x01")[0].split()
    at = 2 if names.has_double_surname(who) else 1
    family, given = "".join(syllables[:at]), "".join(syllables[at:])
    if given:
        by = f"{family} {given}" if family < given else f"{given} {family}"
        # Catalogues write ü, which is u once diacritics are folded.
        yield _umlauts(by), _umlauts(spelled[0])


def _umlauts(pinyin: str) -> str:
    return pinyin.replace("lv", "lu").replace("nv", "nu") if "v" in pinyin else pinyin


# Titles


def _title_key(title: str, key_of: Callable[[str], str]) -> str:
    """The title proper without statements and edition words, in one piece: word division tells nothing."""
    return _compact(key_of(_without_noise(title)))


_PLAIN_NAME = re.compile(r"([a-z]{3,}), ([a-z]+)[. a-z]*$")
_ENDS = frozenset(")]0123456789IVXLC")
_HAN_ENDS = frozenset(
    ")]）］】〕卷冊册輯辑集編编部版本上中下一二三四五六七八九十0123456789０１２３４５６７８９"
)
_BRACKETS = re.compile(r"[(\[（［【〔〈][^()\[\]（）［］【】〔〕〈〉]{0,80}[)\]）］】〕〉]")
_LAST_BRACKETS = re.compile(r"(?<=\S)\s*[(\[（［【〔][^()\[\]（）［］【】〔〕]{0,80}[)\]）］】〕]\s*$")
_HAN_NAME = re.compile("[\u3400-\u9fff]{2,4}")
_LATIN_VOLUME = re.compile(
    r"(?<=\w)\s*[,.:;]?\s+(?:vols?|volumes?|v|bd|band|tome|tom|t)\b\.?\s*(?:[0-9]{1,4}|[ivxlc]{1,7})\.?$",
    re.I,
)
_LAST_ARTICLE = re.compile(r",\s+(?:the|an?|le|la|les|der|die|das|el)$", re.I)
_NUMBER = "[一二三四五六七八九十百零〇两0-9]{1,4}"
_HAN_NOISE = re.compile(
    fold(
        rf"(?<=\w)[\s,，.．:：·/—-]*(?:第{_NUMBER}[卷册辑集编部版]|[第卷册]之?{_NUMBER}|{_NUMBER}[卷册]|[上中下][册卷编部集]"
        rf"|全{_NUMBER}[卷册]|(?<=[\s,，.．:：·/—-])(?:[上中下]|{_NUMBER})"
        r"|(?:最新|新)?(?:修订|增订|增补|补订|校订|重订|订正|插图|绘图|图文|彩图|精装|平装|珍藏|典藏|纪念|简体字?|繁体字?|大字|足本"
        r"|全译|节译|缩写|双语|汉英对照|英汉对照|中英对照|注音|注释|校注|评注|点校|影印)[版本])$"
    )
)


def _without_noise(title: str) -> str:
    """A title without its statement of responsibility, brackets, volume and edition at the end.

    What would leave nothing of it stays.
    """
    noisy = title[-1:] in (_ENDS if title.isascii() else _HAN_ENDS) or "/" in title or "=" in title
    return _stripped(title) if noisy else title


@lru_cache(maxsize=4096)
def _stripped(title: str) -> str:
    bare = title.split(" / ")[0].split(" = ")[0].strip() or title
    for _ in range(3):
        before = bare
        bare = _LAST_BRACKETS.sub("", bare)
        if bare.isascii():
            bare = _LAST_ARTICLE.sub("", _LATIN_VOLUME.sub("", bare))
        else:
            bare = _HAN_NOISE.sub("", fold(bare))
        if bare == before:
            break
    return bare or title


def _before_colon(title: str) -> str:
    for sign in (" : ", ": ", "：", "; or, ", ", or, "):
        at = title.find(sign, 2)
        if at > 0:
            return title[:at]
    return title


def _uniform(title: str) -> str:
    """A uniform title without the language, selection and year of its expression: ``Odyssey. English``."""
    parts = title.split(". ")
    while len(parts) > 1 and _is_expression(parts[-1]):
        parts.pop()
    return ". ".join(parts)


def _is_expression(part: str) -> bool:
    words = fold(part).replace(",", " ").replace(".", " ").split()
    first = words[0] if words else "selections"
    return (
        first in ("selections", "polyglot")
        or first.isdecimal()
        or (len(first) > 3 and to_iso639_3(first) != "")
    )


def _compact(spaced: str) -> str:
    return without_and(spaced).replace(" ", "")


@cache
def stop_titles() -> frozenset[str]:
    """Titles that many works have (通用题名), as compact keys."""
    table = tomllib.loads((files(__package__) / "stop_titles.toml").read_text(encoding="utf-8"))
    return frozenset(_compact(key(title)) for group in table.values() for title in group)
