"""The quality report as one HTML page (质量报告网页): nothing to load, no script, every value escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from indexer.checks import CHECKS
from indexer.records.resource_type import BY_CODE

if TYPE_CHECKING:
    from indexer.report import Example, Summary

_STYLE = """
:root{color-scheme:light
dark;--ink:#22252a;--soft:#5c6370;--line:#d9dce1;--paper:#fff;--error:#a4262c;--warning:#8a5a00;--info:#2b5c8a}
@media
(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a3abb8;--line:#3a3f47;--paper:#17191c;--error:#ff8f8f;--warning:#e8b65c;--info:#8fc1f0}}
body{font:16px/1.6 "Source Han Sans SC","Noto Sans CJK SC","Microsoft
YaHei",system-ui,sans-serif;color:var(--ink);background:var(--paper); max-width:70rem;margin:2rem
auto;padding:0 1rem} h1{font-size:1.5rem;font-weight:600}h2{font-size:1.1rem;margin-top:2.2rem;border-top:1px
solid var(--line);padding-top:1rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;vertical-align:top;padding:.3rem
.6rem;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:500}td.n{text-align:right;font-variant-numeric:tabular-nums}td.v{overflow-wrap:anywhere}
.error{color:var(--error)}.warning{color:var(--warning)}.info{color:var(--info)}p.mend{color:var(--soft);margin:.2rem
0 .8rem}.wide{overflow-x:auto} a{color:inherit}
""".strip()
_SEVERITY = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}


def render(
    summary: Summary,
    examples: Mapping[str, Sequence[Example]],
    severities: Mapping[str, str],
    csv_name: str,
) -> str:
    """The whole page (生成网页)."""
    name = _text(summary.file)
    parts = [
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src '
        "'unsafe-inline'\">\n"
        f"<title>{name} · 质量报告 Quality report</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>质量报告 <span lang="en">Quality report</span>: {name}</h1>\n'
    ]
    parts.append(
        _table(
            ("", ""),
            [
                ("读入 read", summary.read),
                ("拒收 refused", summary.refused),
                ("无错误和警告 without error or warning", summary.clean),
                *((_SEVERITY[key], count) for key, count in summary.severities.items()),
            ],
        )
    )
    if summary.types:
        rows = [
            (f"{BY_CODE[code].zh} {BY_CODE[code].en}" if code in BY_CODE else code, count)
            for code, count in summary.types.items()
        ]
        parts.append('<h2>资源类型 <span lang="en">Resource types</span></h2>\n' + _table(("", ""), rows))
    encodings = [*summary.formats.items(), *summary.charsets.items()]
    if encodings:
        parts.append(
            '<h2>格式与字符集 <span lang="en">Formats and character sets</span></h2>\n'
            + _table(("", ""), encodings)
        )
    parts.append('<h2>检查结果 <span lang="en">Checks</span></h2>\n')
    if summary.codes:
        parts.append(
            '<table><thead><tr><th scope="col">检查 check</th><th scope="col">级别 severity</th>'
            '<th scope="col">次数 count</th></tr></thead><tbody>\n'
        )
        for code, count in summary.codes.items():
            severity = severities.get(code, "info")
            parts.append(
                f'<tr><td><a href="#{_anchor(code)}">{_what(code)}</a></td>'
                f'<td class="{severity}">{_SEVERITY.get(severity, severity)}</td>'
                f'<td class="n">{count}</td></tr>\n'
            )
        parts.append("</tbody></table>\n")
        parts.append(
            f'<p>全部问题见 <a href="{escape(csv_name)}">{escape(csv_name)}</a>. '
            "Every problem is in that table.</p>\n"
        )
    else:
        parts.append("<p>没有发现问题。 Nothing was found.</p>\n")
    for code, rows_of in examples.items():
        parts.append(
            _check(code, rows_of, summary.codes.get(code, len(rows_of)), severities.get(code, "info"))
        )
    parts.append("</main>\n</body>\n</html>\n")
    return "".join(parts)


def _check(code: str, examples: Sequence[Example], count: int, severity: str) -> str:
    known = CHECKS.get(code)
    mend = f'{escape(known.mend_zh)}。 <span lang="en">{escape(known.mend_en)}.</span>' if known else ""
    head = (
        f'<h2 id="{_anchor(code)}"><span class="{severity}">●</span> {_what(code)} '
        f"<small>{_text(code)} · {count}</small></h2>\n"
        f'<p class="mend">{mend}</p>\n<div class="wide"><table><thead><tr>'
        '<th scope="col">序号 position</th><th scope="col">字段 field</th>'
        '<th scope="col">内容 value</th><th scope="col">记录 record</th>'
        + ("" if known else '<th scope="col">说明 message</th>')
        + "</tr></thead><tbody>\n"
    )
    rows = "".join(
        f'<tr><td class="n">{item.problem.position}</td><td>{_text(item.problem.field)}</td>'
        f'<td class="v">{_text(item.problem.value)}</td>'
        f'<td class="v">{_text(item.id)} {_text(item.title)}</td>'
        + ("" if known else f'<td class="v">{_text(item.problem.message)}</td>')
        + "</tr>\n"
        for item in examples
    )
    more = f"<p>… {count - len(examples)} more</p>\n" if count > len(examples) else ""
    return f"{head}{rows}</tbody></table></div>\n{more}"


def _what(code: str) -> str:
    known = CHECKS.get(code)
    return f'{escape(known.zh)} <span lang="en">{escape(known.en)}</span>' if known else _text(code)


def _table(head: tuple[str, str], rows: Sequence[tuple[str, int]]) -> str:
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head) if any(head) else ""
    body = "".join(
        f'<tr><th scope="row">{_text(name)}</th><td class="n">{count}</td></tr>\n' for name, count in rows
    )
    return f"<table>{f'<thead><tr>{top}</tr></thead>' if top else ''}<tbody>\n{body}</tbody></table>\n"


def _anchor(code: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", code.lower())


def _text(value: str) -> str:
    """A value from a record, safe in HTML: escaped, and direction marks of foreign text kept from leaking."""
    return f"<bdi>{escape(value[:500])}</bdi>" if value else ""
