"""What each page shows, as plain values (页面模型): filled by whoever serves pages, printed by the templates.

Texts that come from records carry the language tag of their script, so that a browser picks the right
glyph forms.
``Text.value`` may hold U+E000 … U+E001 around words that matched.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A value of a record (文本) with the language tag of its script, empty when it is the page's own."""

    value: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several links (选项): a language, a sort order, a page size, a page."""

    label: str
    href: str
    current: bool = False
    lang: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """What every page says of signing in (登录状态); ``key`` goes with every form of someone signed in."""

    href: str = ""
    out_href: str = ""
    user: str = ""
    key: str = ""
    manage: str = ""  # where he manages what he is responsible for


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Something that readers are told (公告); ``severity`` is info, warning or alert."""

    text: str
    severity: str = "info"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """A portal's own looks (门户外观): addresses of its style sheet and picture, its line, notices for every
    page, links at the foot.
    """

    style: str = ""
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    tagline: str = ""
    dressed: bool = False  # it has a picture or something to tell
    alerts: tuple[NoticeLine, ...] = ()
    footer: tuple[Choice, ...] = ()
    draft: bool = False  # a preview, whose links lead out of its frame


@dataclass(frozen=True, slots=True)
class Site:
    """What every page needs (站点): the portal, its address prefix, the language, the text in the box."""

    lang: str
    name: str
    prefix: str = ""
    languages: tuple[Choice, ...] = ()
    q: str = ""
    kept: tuple[tuple[str, str], ...] = ()  # parameters that a new query in the box keeps
    fields: tuple[Choice, ...] = ()  # where to search: all, title, author …
    canonical: str = ""
    indexable: bool = False
    places: tuple[Choice, ...] = ()
    login: Login = Login()
    brand: Brand = Brand()


@dataclass(frozen=True, slots=True)
class Channel:
    """A resource type with its live count (频道)."""

    code: str
    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet (分面值); ``share`` is its part of the largest one, in twentieths."""

    value: str
    label: str
    count: int
    share: int = 0
    selected: bool = False
    excluded: bool = False
    href: str = ""  # the same search with only this value toggled
    exclude_href: str = ""
    lang: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet (分面): a group of check boxes, alternatives of one another."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    more_href: str = ""
    open: bool = True
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram: years from ``low`` to ``high``.

    Its place and size are in units of the drawing.
    """

    low: int
    high: int
    count: int
    label: str
    href: str
    x: float
    width: float
    y: float
    height: float
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Histogram:
    """Hits by year (年代分布) and the range chosen."""

    bars: tuple[Bar, ...]
    low: int
    high: int
    low_label: str = ""
    high_label: str = ""
    from_year: int | None = None
    to_year: int | None = None
    clear_href: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that is applied (已选条件), and the search without it."""

    label: str
    value: str
    href: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a result list (命中)."""

    number: int
    href: str
    type: str
    type_label: str
    title: Text
    remainder: Text | None = None
    romanised: str = ""
    contributors: tuple[Text, ...] = ()
    contributors_more: int = 0
    imprint: tuple[Text, ...] = ()  # publisher, year, edition
    host: Text | None = None
    host_detail: str = ""
    snippet: Text | None = None
    snippet_label: str = ""
    fulltext: str = ""
    fulltext_label: str = ""
    libraries: tuple[str, ...] = ()
    libraries_more: int = 0
    own: bool = False
    editions: int = 0  # how many editions there are of its work, where there are more
    editions_href: str = ""
    also: tuple[Choice, ...] = ()  # other editions on the same page that are folded into this line
    shelved: bool = True  # a thing that stands somewhere, not a page or a person
    coins: str = ""  # the context object of Z39.88-2004 for reference managers
    ways_href: str = ""  # the page with all ways to it
    availability: str = ""  # id of the record, where systems can be asked whether it can be had now
    availability_href: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where we are in the result (翻页)."""

    page: int
    pages: int
    links: tuple[Choice, ...]  # an empty address is a gap
    previous: str = ""
    next: str = ""
    limited: bool = False  # there are more hits than may be paged through


@dataclass(frozen=True, slots=True)
class Rescue:
    """What to try when nothing was found (无结果帮助)."""

    label: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """The result page (检索结果页)."""

    site: Site
    title: str
    total: int
    first: int
    last: int
    channels: tuple[Channel, ...]
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    histogram: Histogram | None
    chips: tuple[Chip, ...]
    clear_href: str
    hidden: tuple[tuple[str, str], ...]  # parameters that the facet form carries along
    hidden_sort: tuple[tuple[str, str], ...]  # … that the form of sort and size carries along
    sorts: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    pager: Pager
    understood: str = ""
    notes: tuple[str, ...] = ()
    suggestions: tuple[Choice, ...] = ()
    rescues: tuple[Rescue, ...] = ()
    ask_href: str = ""  # where a librarian can be asked
    api_href: str = ""
    feed_href: str = ""
    takes: tuple[Choice, ...] = ()  # the hits of this page as files
    scopes: tuple[Choice, ...] = ()
    within: tuple[tuple[str, str], ...] = ()  # parameters that a search within these results carries along
    edit_href: str = ""  # the query as a form
    fold: Choice | None = None  # one line for each work, or not
    saved_href: str = ""  # this search for keeping
    saved_label: str = ""


@dataclass(frozen=True, slots=True)
class FacetPage:
    """All values of one facet, with a search in them (分面全部取值)."""

    site: Site
    facet: Facet
    prefix: str
    order: str
    hidden: tuple[tuple[str, str], ...]  # the search without this facet's own choice
    chosen: tuple[FacetValue, ...]  # chosen values that are not in this list
    excluded: tuple[str, ...]
    sorts: tuple[Choice, ...]
    back_href: str
    previous: str = ""
    next: str = ""
    fragment: bool = False


@dataclass(frozen=True, slots=True)
class HomeBlock:
    """A part of the start page (首页板块) with what it shows; ``kind`` as in the design."""

    kind: str
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    links: tuple[Choice, ...] = ()
    notices: tuple[NoticeLine, ...] = ()
    channels: tuple[Channel, ...] = ()
    arrivals: tuple[Hit, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The first page (首页)."""

    site: Site
    total: int
    libraries: int
    blocks: tuple[HomeBlock, ...]
    place: str = ""  # where its box searches, when not everywhere

    @property
    def has_box(self) -> bool:
        """Whether the box is part of the page itself."""
        return any(block.kind == "search" for block in self.blocks)


@dataclass(frozen=True, slots=True)
class SyntaxLine:
    """One example of the query language (检索式示例)."""

    example: str
    href: str
    meaning: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """How to search (检索帮助)."""

    site: Site
    sections: tuple[tuple[str, tuple[SyntaxLine, ...]], ...]
    fields: tuple[tuple[str, str, str], ...]  # name, label, aliases


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What this portal is (关于)."""

    site: Site
    total: int
    libraries: tuple[tuple[str, str, int], ...]  # name, address of its records, count
    types: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page that shows nothing but its own words (说明页)."""

    site: Site


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """Something went wrong (出错页): what, and what to do."""

    site: Site
    status: int
    title: str
    text: str
    suggestions: tuple[Choice, ...] = field(default=())
