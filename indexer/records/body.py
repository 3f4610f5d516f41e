"""Whether a name is that of a body (团体名称), by its words.

Names of persons may end as those of bodies do (张建部, 李院), so a Chinese name of up to three characters is
that of a body only where the whole of it is known as one.
"""

from __future__ import annotations

import re

_BODY = re.compile(
    r"(?:大[学學]|[学學]院|[学學]校|研究[所院会會]|[图圖][书書][馆館]|出版社|委[员員][会會]|[协協][会會]"
    r"|[学學][会會]|公司|集[团團]|[厂廠]|部|局|[处處]|中心|政府|[厅廳]|[编編][写寫辑輯]?[组組]"
    r"|[编編][委纂辑輯][会會]|博物[馆館]|[档檔]案[馆館]|委|社|室|[馆館]|医院|[医醫]院|教研[组組室]"
    r"|[编編]辑部|[联聯]合[会會])$"
)
# Endings that no name of a person of four characters or more has.
_LONG_BODY = re.compile(
    r"(?:[电電][视視]?台|[广廣]播台|气象台|氣象台|天文台|地震台|科[学學]院|工程院|博物院|法院|[检檢]察院|[国國][务務]院"
    r"|[设設][计計]院|[剧劇]院|[疗療][养養]院|(?:常|[编編]|[组組]|政|[党黨]|[工经經]|管|[执執])委[会會]|基金[会會]|[总總][会會]"
    r"|分[会會]|商[会會]|工[会會]|董事[会會]|理事[会會]|[党黨]校|中共中央|[课課][题題][组組]|工作[组組]|[项項]目[组組]|[银銀]行)$"
)
# What a body of three characters is in charge of: 教育部. Other names of three characters with such an ending
# are those of persons: 张建部.
_IN_CHARGE = (
    "教育|[卫衛]生|外交|公安|[国國]防|[国國]安|商[务務]|水利|[铁鐵]道|交通|建[设設]|[农農][业業]|林[业業]|[财財]政|文化|民政|司法"
    "|人事|[劳勞][动動]|[统統][战戰]|宣[传傳]|[组組][织織]|中宣|[气氣]象|地震|海洋|[测測][绘繪]|[统統][计計]|[税稅][务務]|工商"
    "|物[价價]|[审審][计計]|[档檔]案|文物|旅游|[粮糧]食|能源|[环環]保|科技|[冶机機化煤石][金械工炭油]|[电電]力|[邮郵][电電政]"
    "|[轻輕]工|[纺紡][织織]|[广廣][电電]|人社|住建|[应應]急|[体體]育|[侨僑][务務]|民族|宗教|法制|[编編][辑輯]|[后後]勤"
    "|[总總]政|[总總][参參]"
)
_SHORT_BODY = re.compile(
    rf"(?:{_IN_CHARGE})[部局委司署]|[国國][务務]院|(?:中科|社科|[农農]科|中研|科[学學]|工程|博物|[检檢]察)院"
    r"|(?:[电電][视視]|[广廣]播|天文|气象|氣象|地震)台|[编編][委纂辑輯审審][会會]|[编編][写寫辑輯纂委]?[组組]|[组組常党黨政]委[会會]"
    r"|(?:[课課][题題]|教研|工作|[项項]目)[组組]|[编編][辑輯]室|教研室|研究[室所院]|[办辦]公[厅廳室]|出版社|新[华華]社"
)
_LATIN_BODY = re.compile(
    r"\b(?:University|Institute|Library|Department|Association|Society|Committee|Commission|Council"
    r"|Ministry|Bureau|Office|Company|Inc\.?|Ltd\.?"
    r"|Corporation|Museum|Academy|College|School|Center|Centre|Press|Foundation|Group|Organi[sz]ation"
    r"|Universit(?:ät|é|à)|Institut|Gesellschaft)\b"
)


def is_body(name: str) -> bool:
    """Whether a name is that of a body (是否团体): 教育部, 北京电视台, Nanjing Library."""
    if not name.isascii():
        if len(name) < 4:
            found = _SHORT_BODY.fullmatch(name)
        else:
            found = _BODY.search(name) or _LONG_BODY.search(name)
        if found:
            return True
    return _LATIN_BODY.search(name) is not None


def ends_like_a_body(name: str) -> bool:
    """Whether the last word of a Chinese name is one that bodies have (团体词尾); persons' may be so too."""
    return _BODY.search(name) is not None
