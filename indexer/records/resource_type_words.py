"""Evidence of a type that all formats share: class numbers and words (类号与字词依据).

Kept conservative: a book *about* gazetteers, genealogies or rubbings is a book, and a modern edition of an
ancient work (it has an ISBN, or says 影印) is a book too. So a word counts only where it stands as the form
of the thing itself: at the end of a title or of a title's part, in a genre term, in an edition statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.records.evidence import Evidence

# What may follow the word that names the form: the end of the title, punctuation, years, a number of volumes
# or a continuation.
_END = (
    r"(?=$|[\s.,，。;；:：=＝/／(（\[［【、·・《》_-]|[一二三四五六七八九十百〇零\d]+[卷冊册輯辑編编]"
    r"|[卷第上中下]|首?续编|續編)"
)
_PLACE = (
    r"(?:省|自治区|自治區|自治州|地区|地區|(?<![城都])市|[县縣]|[区區]|州|(?<!政)府|(?<![同民])盟|旗|[镇鎮]"
    r"|[乡鄉]|村|街道)"
)
_GAZETTEER = re.compile(
    rf"{_PLACE}(?:[续續新简簡小补補修]|地名|鄉土|乡土)?[志誌]{_END}"
    rf"|(?<!交)(?:通|[一壹][统統])[志誌]{_END}|地名[志誌]{_END}|[乡鄉]土[志誌]{_END}|[图圖][经經]{_END}"
    rf"|[郡州][县縣][图圖]?[志誌]{_END}"
)
_GENEALOGY = re.compile(
    rf"(?:宗|族|家|支|世|房|家世)[谱譜牒]{_END}|家乘{_END}|世系[谱譜表圖图]{_END}"
    rf"|氏[^\s年画畫圖图]{{0,4}}[谱譜]{_END}"
)
_RUBBING_TITLE = re.compile(rf"(?:拓片|拓本|原拓|[墨舊旧精初]拓){_END}")
_RUBBING_STONE = re.compile(r"墓[志誌]|墓碑|碑[^\s]{0,3}$|造像[记記]|神道碑|塔[铭銘]|拓")
_RUBBING_GENRE = re.compile(r"拓[片本]|\brubbings?\b|\bestampages?\b", re.I)
_MAP_TITLE = re.compile(rf"(?:[舆輿][图圖]|地[图圖]|[疆河海水][图圖]|全[图圖]){_END}")
_WOODBLOCK = re.compile(
    r"[刻刊抄鈔钞稿写寫]本|活字|木刻|石印本|套印本|[递遞]修|覆刻|影刻|坊刻|官刻|殿本|[线線][装裝]"
    r"|woodblock|wood-?block|xylograph|fukurotoji|orihon|double leaves|vertical lines|thread.?bound",
    re.I,
)
_DYNASTY_EDITION = re.compile(
    r"(?:宋|金|元|明|清|洪武|永[乐樂]|成化|弘治|正德|嘉靖|隆[庆慶]|[万萬][历曆]|天[启啟]|崇[祯禎]|[顺順]治"
    r"|康熙|雍正|乾隆"
    r"|嘉[庆慶]|道光|咸[丰豐]|同治|光[绪緒]|宣[统統])[^，。;；]{0,20}?(?:[刻刊抄鈔钞稿写寫]本|活字|套印"
    r"|[递遞]修)"
)
_MODERN_REPRINT = re.compile(
    r"影印|[复複][制製]|重印|排印|reprint|facsim|photocop|reproduction|整理本|[标標][点點]本|校注本", re.I
)
_THESIS = re.compile(
    r"^\s*(?:thesis|dissertation|diss\.)\b|\b(?:this|the present) (?:thesis|dissertation)\b"
    r"|\bthesis\s*[(,]|\((?:ph\.? ?d|m\.? ?[as]|doctora\w*|master\w*)[^)]{0,30}\)\s*--"
    r"|\b(?:ph\.? ?d\.?|doctoral|master'?s?|bachelor'?s?|senior|honou?rs) (?:thesis|dissertation)\b"
    r"|(?:博士|[硕碩]士|[学學]士|[学學]位)(?:[学學]位)?[论論]文",
    re.I,
)
_PUBLISHED_THESIS = re.compile(r"original|revis|based on|adapt|extended|[修改]订|基础上|改[写寫编編]", re.I)
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")
_KANA_HANGUL = re.compile(r"[぀-ヿ가-힯]")
_ABOUT_GENEALOGY = re.compile(r"handbook|manual|bibliograph|heraldry|names|how to|tracing|guide", re.I)
_LCC_FAMILY = re.compile(r"CS\s?(\d{1,4})")
_GENRES: tuple[tuple[re.Pattern[str], str], ...] = (
    (_RUBBING_GENRE, "rubbing"),
    (re.compile(r"genealog|family histor|家[谱譜]|族[谱譜]|宗[谱譜]", re.I), "genealogy"),
    (re.compile(r"地方[志誌]|^方[志誌]|local gazetteer", re.I), "gazetteer"),
    (
        re.compile(
            r"academic (?:thes[ei]s|dissertation)|^(?:thes[ei]s|dissertations?)\b|[学學]位[论論]文", re.I
        ),
        "thesis",
    ),
    (re.compile(r"\bmaps?\b|[舆輿][图圖]|地[图圖]|cartographic", re.I), "map"),
    (re.compile(r"electronic (?:book|resource)|e-?books?\b|[电電]子[书書资資图圖]", re.I), "ebook"),
    (re.compile(r"^古籍|善本|rare chinese book", re.I), "ancient-book"),
    (re.compile(r"^手稿|手[书書]稿|\bmanuscripts?\b", re.I), "manuscript"),
)


def evidence(
    *,
    titles: Sequence[str] = (),
    notes: Sequence[str] = (),
    edition: str = "",
    genres: Sequence[str] = (),
    subjects: Sequence[str] = (),
    classes: Sequence[tuple[str, str]] = (),
    year: int | None = None,
    year_end: int | None = None,
    languages: Sequence[str] = (),
    modern_identifier: bool = False,
) -> list[Evidence]:
    """Evidence of class numbers and words (类号与字词依据), strongest first.

    Parameters as in ``resource_type.type_of``.
    """
    found: list[Evidence] = []
    han_titles = [title for title in titles if not title.isascii() and _HAN.search(title)]
    if classes:
        _classes(found, classes, han_titles, titles, subjects)
    for genre in genres:
        _genre(found, genre, modern_identifier)
    for title in han_titles:
        _title(found, title, modern_identifier)
    _ancient(found, han_titles, notes, edition, year, year_end, languages, modern_identifier)
    if not modern_identifier:
        for note in notes:
            low = note.casefold() if note.isascii() else note
            if ("thesis" in low or "diss" in low or "论文" in low or "論文" in low) and _is_thesis_note(note):
                found.append(Evidence("thesis", "words", f"note: {note[:60]}"))
                break
    return found


def published_thesis(note: str) -> bool:
    """Whether a dissertation note says that this book only grew out of a thesis (由学位论文改写的专著)."""
    return bool(_PUBLISHED_THESIS.search(note))


def _is_thesis_note(note: str) -> bool:
    return bool(_THESIS.search(note)) and not _PUBLISHED_THESIS.search(note)


def _genre(found: list[Evidence], genre: str, modern_identifier: bool) -> None:
    for pattern, code in _GENRES:
        if pattern.search(genre) and not (modern_identifier and code in ("ancient-book", "manuscript")):
            found.append(Evidence(code, "words", f"genre: {genre[:60]}"))


def _title(found: list[Evidence], title: str, modern_identifier: bool) -> None:
    if "志" in title or "誌" in title or "经" in title or "經" in title:
        match = _GAZETTEER.search(title)
        if match:
            found.append(Evidence("gazetteer", "words", f"title: …{match.group()}"))
    if "谱" in title or "譜" in title or "乘" in title or "世系" in title or "牒" in title:
        match = _GENEALOGY.search(title)
        if match:
            found.append(Evidence("genealogy", "words", f"title: …{match.group()}"))
    if not modern_identifier:
        match = _RUBBING_TITLE.search(title)
        if match:
            found.append(Evidence("rubbing", "words", f"title: …{match.group()}"))
        match = _MAP_TITLE.search(title)
        if match:
            found.append(Evidence("map", "words", f"title: …{match.group()}"))


def _classes(
    found: list[Evidence],
    classes: Sequence[tuple[str, str]],
    han_titles: Sequence[str],
    titles: Sequence[str],
    subjects: Sequence[str],
) -> None:
    for scheme, number in classes:
        if scheme == "lcc":
            match = _LCC_FAMILY.match(number)
            # CS 39-2209: genealogy of families and by country; before it method, after it personal names
            # (LCC, class C).
            if (
                match
                and 39 <= int(match.group(1)) <= 2209
                and not any(_ABOUT_GENEALOGY.search(text) for text in (*titles, *subjects))
            ):
                found.append(Evidence("genealogy", "class", f"LCC {match.group()}"))
        elif scheme == "clc":
            if number.startswith("K29") and any("志" in title or "誌" in title for title in han_titles):
                if any(re.search(rf"[志誌]{_END}", title) for title in han_titles):
                    found.append(Evidence("gazetteer", "class", f"CLC {number[:12]}, title ends 志"))
            elif number.startswith("K820.9") and any(_GENEALOGY.search(title) for title in han_titles):
                found.append(Evidence("genealogy", "class", f"CLC {number[:12]}, title ends 谱"))
        elif scheme == "sibu" and "地理" in number:
            # 史部地理類 is where the four-part classification keeps the gazetteers (總志, 都會郡縣 …).
            found.append(Evidence("gazetteer", "class", f"四部 {number[:30]}"))


def _ancient(
    found: list[Evidence],
    han_titles: Sequence[str],
    notes: Sequence[str],
    edition: str,
    year: int | None,
    year_end: int | None,
    languages: Sequence[str],
    modern_identifier: bool,
) -> None:
    if modern_identifier or not (han_titles or edition):
        return
    latest = max(year, year_end) if year is not None and year_end is not None else year
    if latest is not None and latest > 1911:
        return
    said = (edition, *notes)
    if any(_MODERN_REPRINT.search(text) for text in said if text):
        return
    if latest is not None:
        japanese_or_korean = (bool(languages) and "zho" not in languages and "chi" not in languages) or any(
            _KANA_HANGUL.search(title) for title in han_titles
        )
        if han_titles and not japanese_or_korean:
            found.append(Evidence("ancient-book", "words", f"in Chinese, not later than 1911: {latest}"))
        elif edition and _DYNASTY_EDITION.search(edition):
            found.append(Evidence("ancient-book", "words", f"edition: {edition[:60]}"))
    else:
        for text in said:
            if text and _DYNASTY_EDITION.search(text):
                found.append(Evidence("ancient-book", "words", f"edition: {text[:60]}"))
                break


_DOMESTIC_COUNTRY = frozenset(
    {"cn", "chn", "cc", "china", "中国", "中國", "hk", "mo", "tw", "ch", "中国大陆", "台湾", "香港", "澳门"}
)
_HAN_SCHOOL = re.compile(
    r"[㐀-鿿].*(?:大[学學]|[学學]院|[学學]校|[党黨]校|中[学學]|[电電]大|慕课|学堂|研究[院所])"
)
_FOREIGN_SCHOOL = re.compile(
    r"麻省|斯坦福|史丹佛|哈佛|耶鲁|耶魯|普林斯顿|普林斯頓|加州|伯克利|剑桥|劍橋|牛津|东京|東京|京都大"
    r"|早稻田|首尔|首爾|莫斯科|康奈尔|康奈爾|哥伦比亚"
    r"|芝加哥|密歇根|密西根|华盛顿|華盛頓|卡内基|卡內基|多伦多|多倫多|苏黎世|蘇黎世|墨尔本|悉尼|新加坡"
    r"|南洋理工|宾夕法尼亚|赫尔辛基|洛桑|可汗"
)
_ROMAN_CHINESE_SCHOOL = re.compile(
    r"\b(?:tsinghua|peking|fudan|zhejiang|nanjing|wuhan|tongji|renmin|beihang|nankai|xiamen|jiao ?tong"
    r"|jiaotong|ustc|sjtu|pku|thu|hust"
    r"|zju|nju|sustech|beijing|shanghai|sichuan|shandong|harbin|taiwan|hong kong|ntu|hkust|cuhk|china"
    r"|chinese)\b",
    re.I,
)


def course(country: str, institution: str) -> Evidence:
    """Evidence of a course: see ``resource_type.course``."""
    if country:
        code = "domestic-course" if country.strip().casefold() in _DOMESTIC_COUNTRY else "foreign-course"
        return Evidence(code, "coded", f"course, country {country[:30]}")
    domestic = bool(
        (_HAN_SCHOOL.search(institution) and not _FOREIGN_SCHOOL.search(institution))
        or _ROMAN_CHINESE_SCHOOL.search(institution)
    )
    return Evidence(
        "domestic-course" if domestic else "foreign-course", "coded", f"course of {institution[:60]}"
    )
