"""The console of a library through HTTP alone: loads with report and undo, sharing, profile, people, and who may what."""

from __future__ import annotations

import fcntl
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import console_home as console
import httpx
import portal_catalogue
import pytest
from waiting import until

LIBRARY = "/manage/library/pku"
LOAD = f"{LIBRARY}/load"
SHARING = f"{LIBRARY}/repositories/pku-all"
PROFILE = f"{LIBRARY}/profile"
PEOPLE = f"{LIBRARY}/people"
Person = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return console.build(tmp_path_factory.mktemp("console") / "home")


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def person(site: str) -> Iterator[Person]:
    with console.people(site) as person:
        yield person


def total(client: httpx.Client, q: str, portal: str = "") -> int:
    return int(client.get(f"{portal}/api/v1/search", params={"q": q}).json()["total"])


def becomes(client: httpx.Client, totals: dict[str, int]) -> bool:
    """Waits until so many records are found by each of these words: a server looks at the index every half
    second.
    """
    return until(lambda: all(total(client, q) == n for q, n in totals.items()), f"found: {totals}")


def words(page: httpx.Response) -> str:
    found = re.search(r"<main.*</main>", page.text, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def load(client: httpx.Client, *files: tuple[str, bytes], **fields: str) -> str:
    """Loads files; the address of the report."""
    sent = console.upload(client, *files)
    assert sent.status_code == 303, words(sent)
    page = sent.headers["location"]
    said = console.send(client, page, page, action="load", **{"repository": "pku-all", **fields})
    assert said.status_code == 303, words(said)
    done = console.wait(client, said.headers["location"])
    assert done.status_code == 303, words(done)
    return str(done.headers["location"])


@pytest.mark.parametrize(
    ("name", "open_to"),
    [
        ("anna", {"load", "repositories", "profile", "people", "log"}),
        ("carl", {"load"}),
        ("lisa", {"repositories"}),
        ("zoe", {"people", "log"}),
        ("jane", set()),
        ("frida", set()),
        ("reader of pku", set()),
    ],
)
def test_a_console_shows_what_somebody_may_do_and_is_unknown_to_others(
    person: Person, name: str, open_to: set[str]
) -> None:
    client = person(name)
    own = {"load", "repositories", "profile", "people", "log"}
    unknown = client.get("/manage/library/nobody/load")
    assert unknown.status_code == 404
    for tab in own:
        said = client.get(f"{LIBRARY}/{tab}")
        assert said.status_code == (200 if tab in open_to else 404), tab
        if tab not in open_to:
            assert words(said) == words(unknown)
        assert said.headers["cache-control"] == "private, no-store"
    overview = client.get(LIBRARY)
    assert overview.status_code == (200 if open_to else 404)
    assert {t for t in own if f'href="{LIBRARY}/{t}"' in overview.text} == open_to


def test_whoever_is_not_signed_in_is_led_there_and_back(person: Person) -> None:
    for path in ("/manage", LIBRARY, LOAD, "/manage/library/nobody"):
        said = person("").get(path)
        assert said.status_code == 303
        assert said.headers["location"] == f"/login?next={path.replace('/', '%2F')}"


def test_staff_find_the_consoles_in_the_head_of_every_page(person: Person) -> None:
    assert 'href="/manage"' in person("anna").get("/").text
    assert 'href="/manage"' not in person("reader of pku").get("/").text
    assert 'href="/manage"' not in person("").get("/").text
    assert f'href="{LIBRARY}"' in person("anna").get("/manage").text
    assert "/manage/library/fudan" not in person("anna").get("/manage").text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.mrc", b"", "其中没有内容"),
        ("noise.bin", bytes(range(256)) * 40, "不属于任何已知格式"),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "不是记录文件"),
        ("books.zip", b"PK\x03\x04" + bytes(100), "请先解压"),
        ("letter.txt", "随便写的一些话。\n".encode() * 40, "认不出它的格式"),
    ],
)
def test_why_a_file_cannot_be_read_is_said_in_the_language_of_the_page(
    site: str, name: str, content: bytes, said: str
) -> None:
    with console.people(site) as person:
        anna = person("anna", lang="zh-CN")
        sent = console.upload(anna, (name, content))
        told = words(anna.get(sent.headers["location"]))
        assert said in told and "--format" not in told


def test_a_file_is_looked_at_loaded_reported_and_undone(person: Person, home: Path) -> None:
    anna = person("anna")
    file = ("教材.mrc", console.marc(("c1", "控制台装载试验甲"), ("c2", "控制台装载试验乙")))
    sent = console.upload(anna, file)
    looked = anna.get(sent.headers["location"])
    assert "教材.mrc" in looked.text and "控制台装载试验甲" in looked.text
    assert "The file has 2 records" in looked.text and "marc21" in looked.text
    assert total(anna, "控制台装载试验") == 0, "nothing is loaded before somebody says so"
    page = sent.headers["location"]
    begun = console.send(anna, page, page, action="load", repository="pku-all")
    assert anna.get(page).headers["location"] == begun.headers["location"], "it is loaded once"
    report = console.wait(anna, begun.headers["location"]).headers["location"]
    shown = anna.get(report)
    assert "教材.mrc" in shown.text and becomes(anna, {"控制台装载试验": 2})
    html, table = anna.get(f"{report}/report.html"), anna.get(f"{report}/problems.csv")
    assert html.status_code == table.status_code == 200
    assert (
        "attachment" in html.headers["content-disposition"]
        and "sandbox" in html.headers["content-security-policy"]
    )
    assert table.text.startswith("\ufeffposition,")
    assert anna.get(f"{report}/numbers.json").status_code == 404
    assert "2 records that it brought are taken away" in shown.text
    undone = console.send(anna, report, f"{report}/undo", reason="the wrong file")
    back = console.wait(anna, undone.headers["location"])
    assert back.headers["location"] == report
    assert "2 records taken away" in anna.get(report).text
    assert becomes(anna, {"控制台装载试验": 0})
    assert "the wrong file" in anna.get(f"{LIBRARY}/log").text
    assert "undone" in anna.get(LOAD).text
    assert anna.get(f"{report}/report.html").status_code == 404, "a report quotes what was taken away"
    assert not [p for p in (home / "uploads").rglob("*.mrc") if p.stat().st_size], "loaded files do not stay"


def test_what_a_load_changed_is_as_before_after_it_is_undone(person: Person) -> None:
    anna = person("anna")
    load(anna, ("a.mrc", console.marc(("u1", "旧题名一二三"), ("u2", "不动的题名"))))
    second = load(anna, ("b.mrc", console.marc(("u1", "新题名四五六"))))
    assert becomes(anna, {"旧题名一二三": 0, "新题名四五六": 1})
    console.wait(anna, console.send(anna, second, f"{second}/undo").headers["location"])
    assert becomes(anna, {"旧题名一二三": 1, "新题名四五六": 0})


def test_an_earlier_load_waits_for_a_later_one_to_be_undone(person: Person) -> None:
    anna = person("anna")
    first = load(anna, ("a.mrc", console.marc(("w1", "先装"))))
    second = load(anna, ("a.mrc", console.marc(("w1", "后装"))))
    page = anna.get(first).text
    assert f'href="{second}"' in page and f'action="{first}/undo"' not in page
    refused = console.send(anna, LOAD, f"{first}/undo")
    assert refused.headers["location"] == first
    assert "Undo that one first" in anna.get(first).text


def test_a_file_that_nobody_can_read_is_kept_until_it_is_read_or_discarded(
    person: Person, home: Path
) -> None:
    anna = person("anna")
    sent = console.upload(anna, ("photo.bin", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20))
    page = sent.headers["location"]
    shown = anna.get(page)
    assert "cannot be read" in shown.text and 'value="load"' not in shown.text
    refused = console.send(anna, page, page, action="load", repository="pku-all")
    assert refused.status_code == 422
    gone = console.send(anna, page, page, action="discard")
    assert gone.headers["location"] == LOAD and "discarded" in anna.get(LOAD).text
    assert anna.get(page).status_code == 404
    assert not (home / "uploads" / page.rpartition("/")[2]).exists()


def test_a_list_gets_a_mapping_proposed_and_keeps_what_was_typed(person: Person) -> None:
    anna = person("anna")
    table = "题名,作者,出版年\n海岛方言调查,林某,1999\n海岛歌谣,陈某,2001\n".encode()
    page = console.upload(anna, ("list.csv", table)).headers["location"]
    shown = anna.get(page)
    assert shown.status_code == 200 and "海岛" in shown.text
    wrong = console.send(
        anna, page, page, action="check", repository="pku-all", type="book", mapping="name = ["
    )
    assert wrong.status_code == 422 and "name = [" in wrong.text
    assert 'aria-invalid="true"' in wrong.text and '<option value="book" selected>' in wrong.text


def test_a_new_repository_is_made_with_its_first_load_and_shown_in_its_own_portal_only(
    person: Person,
) -> None:
    anna, stranger = person("anna"), person("")
    sent = console.upload(anna, ("n.mrc", console.marc(("n1", "新建资源库里的书"))))
    page = sent.headers["location"]
    for wrong in ({"new_id": "a b"}, {"new_id": "fudan-all"}, {"new_id": ""}):
        said = console.send(anna, page, page, action="load", repository="+", **wrong)
        assert said.status_code == 422 and 'id="new_id-error"' in said.text
    load(
        anna,
        ("n.mrc", console.marc(("n1", "新建资源库里的书"))),
        repository="+",
        new_id="pku-new",
        new_name="新书库",
    )
    assert until(lambda: total(stranger, "新建资源库里的书", "/at/pku") == 1)
    assert total(stranger, "新建资源库里的书") == 0
    # A cataloguer makes none.
    carl = person("carl")
    assert 'name="new_id"' not in carl.get(LOAD).text
    page = console.upload(carl, ("n.mrc", console.marc(("n2", "编目员的书")))).headers["location"]
    refused = console.send(carl, page, page, action="load", repository="+", new_id="carls", new_name="x")
    assert refused.status_code == 422
    assert "carls" not in person("zoe").get("/manage/centre").text


def test_sharing_says_first_what_it_hides_and_then_hides_it_at_once(person: Person) -> None:
    anna, stranger = person("anna"), person("")
    assert "published: its records are shown" in words(anna.get(SHARING))
    held = {"f.library": "pku"}

    def found(portal: str = "") -> int:
        return int(stranger.get(f"{portal}/api/v1/search", params={"q": "", **held}).json()["total"])

    before, own = found(), found("/at/pku")
    assert before > 50
    asked = console.send(anna, SHARING, SHARING, action="withdraw")
    assert asked.status_code == 200 and "Before this is done" in asked.text
    numbers = [int(n) for n in re.findall(r'<td class="n"><span dir="auto">(\d+)', asked.text)]
    assert numbers and 0 < numbers[1] <= numbers[0]
    assert found() == before, "nothing is done before it is confirmed"
    done = console.send(anna, SHARING, SHARING, action="withdraw", confirm="1", reason="a test of sharing")
    assert done.status_code == 303
    assert (found(), found("/at/jalis")) == (0, 0), "taken away with the next request"
    assert found("/at/pku") == own
    assert "withdrawn by you" in words(anna.get(SHARING))
    assert "a test of sharing" in anna.get(f"{LIBRARY}/log").text
    wanted = {"name_zh": "北大馆藏", "audience": "everyone", "offered": ["centre", "jalis"]}
    assert console.send(anna, SHARING, SHARING, **wanted).status_code == 303, (
        "what hides nothing is not asked"
    )
    assert "published: its records are shown" in words(anna.get(SHARING))
    until(lambda: found() == before, "giving works within the reindex")


def test_a_repository_that_is_wrong_is_not_saved_and_keeps_what_was_typed(person: Person, home: Path) -> None:
    anna = person("anna")
    anna.get(SHARING)
    before = console.content(home)
    said = console.send(
        anna,
        SHARING,
        SHARING,
        name_zh="",
        name_en="",
        audience="nobody",
        embargo="tomorrow",
        offered=["mars"],
    )
    assert said.status_code == 422
    assert all(f'id="{name}-error"' in said.text for name in ("name_zh", "audience", "embargo", "offered"))
    assert console.content(home) == before


def test_the_profile_is_checked_field_by_field_and_shown_to_readers(person: Person) -> None:
    anna, stranger = person("anna"), person("")
    wrong = {
        "zh": "", "en": "", "isil": "no isil", "website": "javascript:alert(1)", "contact": "nobody", "ill": "ftp://x/",
        "proxy": "https://user:word@proxy.test/", "networks": "10.0.0.0/8\n300.1.1.1", "includes": ["mars"],
    }  # fmt: skip
    said = console.send(anna, PROFILE, PROFILE, **wrong)
    assert said.status_code == 422
    for name in wrong.keys() - {"en"}:
        assert f'id="{name}-error"' in said.text, name
    assert 'value="javascript:alert(1)"' in said.text and "300.1.1.1" in said.text
    right = {
        "zh": "北京大学图书馆", "en": "Peking University Library", "isil": "CN-110108", "website": "https://lib.pku.test/",
        "contact": "ask@pku.test", "ill": "https://ill.pku.test/form", "proxy": "https://proxy.pku.test/login?url=",
        "networks": "162.105.0.0/16\n2001:da8:201::/48", "includes": ["jalis", "centre"],
    }  # fmt: skip
    assert console.send(anna, PROFILE, PROFILE, **right).status_code == 303
    held = anna.get(PROFILE).text
    assert all(
        value in held for name, value in right.items() if isinstance(value, str) and name != "networks"
    )
    page = stranger.get("/libraries/pku").text
    assert "CN-110108" in page and 'href="mailto:ask@pku.test"' in page and "proxy.pku.test" not in page


def test_what_local_holdings_fields_mean_is_kept_with_the_repository(person: Person) -> None:
    anna, page = person("anna"), f"{SHARING}/reading"
    typed = {"type": "book", "charset": "gb18030", "legacy_charset": "big5"}
    for line in (
        "905 a=library",
        "905: a=nothing",
        "905: a=library\n905: b=barcode",
        "90: a=library",
        "905:",
    ):
        said = console.send(anna, page, page, **typed, holdings=line)
        assert said.status_code == 422 and 'id="holdings-error"' in said.text, line
        assert '<option value="book" selected>' in said.text and line.splitlines()[0] in said.text
    said = console.send(
        anna, page, page, **typed, holdings="905: a=library b=barcode，d=call_number\n\n966: x=location"
    )
    assert said.status_code == 303
    shown = anna.get(page).text
    assert "905: a=library b=barcode d=call_number\n966: x=location" in shown
    assert console.send(anna, page, page, holdings="").status_code == 303
    assert person("carl").get(page).status_code == 404


def test_branches_have_hours_that_readers_can_read(person: Person) -> None:
    anna, stranger = person("anna"), person("")
    add = f"{PROFILE}/branches"
    typed = {
        "id": "main",
        "name_zh": "总馆",
        "name_en": "Main library",
        "address_en": "5 Yiheyuan Road",
        "phone": "010-62751051",
    }
    week = {"mon": "8:00-12:00，14:00-22:00", "tue": "08:00-12:00, 14:00-22:00", "sat": "9-5"}
    said = console.send(anna, add, add, **typed, **week, special="soon closed")
    assert said.status_code == 422 and 'id="sat-error"' in said.text and "Line 1" in said.text
    assert "9-5" in said.text and "soon closed" in said.text
    week["sat"] = ""
    special = "2099-10-01..2099-10-07 closed National Day\n2099-12-31 08:00-17:00"
    assert console.send(anna, add, add, **typed, **week, special=special).status_code == 303
    assert console.send(anna, add, add, **typed, **week).status_code == 422, "a short name is there once"
    page = words(stranger.get("/libraries/pku"))
    assert "Monday to Tuesday 08:00-12:00, 14:00-22:00" in page and "Wednesday to Sunday closed" in page
    assert "2099-10-01 to 2099-10-07 closed National Day" in page and "5 Yiheyuan Road" in page
    one = f"{add}/main"
    assert "2099-10-01..2099-10-07 closed National Day" in anna.get(one).text
    assert console.send(anna, one, one, action="remove").status_code == 303
    assert "Main library" not in stranger.get("/libraries/pku").text


def test_libraries_are_listed_where_they_take_part(person: Person) -> None:
    stranger = person("")
    assert "Fudan University Library" in stranger.get("/libraries").text
    assert "Fudan" not in stranger.get("/libraries?q=Peking").text
    missing = stranger.get("/libraries/nobody")
    assert missing.status_code == 404


def test_people_get_accounts_links_and_roles_and_are_put_out_of_use(person: Person, site: str) -> None:
    anna = person("anna")
    made = console.send(anna, PEOPLE, PEOPLE, do="make", name="new one", roles=["reader", "cataloguer"])
    link = re.search(r'value="(http[^"]+/account/password\?key=[\w-]+)"', made.text)
    assert link, words(made)
    with httpx.Client(base_url=site, headers={"accept-language": "en"}, timeout=120) as fresh:
        page = link[1].removeprefix(site)
        key = page.partition("key=")[2]
        done = console.send(
            fresh, page, "/account/password", key=key, new="words that are long", again="words that are long"
        )
        assert done.status_code == 303
        assert fresh.get(LOAD).status_code == 200, "a cataloguer loads"
        roles = console.send(anna, PEOPLE, PEOPLE, do="roles", name="new one", roles=["reader"])
        assert roles.status_code == 303
        assert fresh.get(LOAD).status_code == 303, "whose roles change signs in again"
    typed = console.send(
        anna, PEOPLE, PEOPLE, do="make", name="typed", roles=["librarian"], password="words that are long"
    )
    assert typed.status_code == 303
    with httpx.Client(base_url=site, headers={"accept-language": "en"}, timeout=120) as other:
        assert (
            console.send(
                other, "/login", "/login", username="typed", password="words that are long"
            ).status_code
            == 303
        )
        assert other.get(f"{LIBRARY}/repositories").status_code == 200
        off = console.send(anna, PEOPLE, PEOPLE, do="off", name="typed", reason="left")
        assert off.status_code == 303
        assert other.get(f"{LIBRARY}/repositories").status_code == 303
        assert (
            console.send(
                other, "/login", "/login", username="typed", password="words that are long"
            ).status_code
            == 401
        )
    weak = console.send(anna, PEOPLE, PEOPLE, do="make", name="weak", roles=["reader"], password="short")
    assert (
        weak.status_code == 422
        and 'value="weak"' in weak.text
        and "short" not in re.findall(r'value="([^"]*)"', weak.text)
    )


DENIED: tuple[tuple[str, str, str, dict[str, str | list[str]], int], ...] = (
    ("carl", LOAD, SHARING, {"name_zh": "x", "audience": "everyone", "confirm": "1"}, 404),
    ("lisa", f"{LIBRARY}/repositories", f"{LOAD}s/1/undo", {}, 404),
    ("lisa", f"{LIBRARY}/repositories", PEOPLE, {"do": "make", "name": "mallory", "roles": ["library-admin"]}, 404),
    ("lisa", f"{LIBRARY}/repositories", PROFILE, {"zh": "x"}, 404),
    ("zoe", PEOPLE, PEOPLE, {"do": "make", "name": "mallory", "roles": ["cataloguer"]}, 403),
    ("zoe", PEOPLE, PROFILE, {"zh": "x"}, 404),
    ("anna", PEOPLE, PEOPLE, {"do": "roles", "name": "anna", "roles": ["reader", "library-admin"]}, 403),
    ("anna", PEOPLE, PEOPLE, {"do": "off", "name": "frida"}, 404),
    ("anna", PEOPLE, PEOPLE, {"do": "roles", "name": "carl", "roles": ["centre-admin"]}, 422),
    ("anna", PEOPLE, "/manage/library/fudan/profile", {"zh": "x"}, 404),
    ("anna", PEOPLE, f"{LIBRARY}/repositories/fudan-all", {"name_zh": "x", "audience": "everyone", "confirm": "1"}, 404),
    ("anna", PEOPLE, "/manage/library/pku/loads/2/undo", {}, 404),  # a load of fudan
    ("frida", "/manage/library/fudan/load", f"{LOAD}s/1/undo", {}, 404),
    ("reader of pku", "/login", PROFILE, {"zh": "x"}, 404),
    ("", "/login", PROFILE, {"zh": "x"}, 303),
)  # fmt: skip


@pytest.mark.parametrize(("name", "page", "path", "fields", "status"), DENIED)
def test_what_is_denied_leaves_the_database_as_it_was(
    person: Person,
    home: Path,
    name: str,
    page: str,
    path: str,
    fields: dict[str, str | list[str]],
    status: int,
) -> None:
    client = person(name)
    key = console.key_of(client, page)
    before = console.content(home)
    said = client.post(path, data={"csrf": key, **fields})
    assert said.status_code == status, words(said)
    assert console.content(home) == before


@pytest.mark.parametrize(
    "fault", ["no key", "another key", "key after the file", "another site", "another's library", "nobody"]
)
def test_a_file_that_is_not_allowed_leaves_nothing_on_the_disk(
    person: Person, home: Path, fault: str
) -> None:
    client = person("" if fault == "nobody" else "frida" if fault == "another's library" else "carl")
    page = {"nobody": "/login", "another's library": "/manage/library/fudan/load"}.get(fault, LOAD)
    key = console.key_of(client, page)
    before = console.content(home), sorted((home / "uploads").rglob("*"))
    data = {"csrf": "0" * 64 if fault == "another key" else key}
    file = ("x.mrc", console.marc(("x1", "不该留下")))
    headers = {"sec-fetch-site": "cross-site"} if fault == "another site" else {}
    if fault == "key after the file":
        said = client.post(LOAD, files=[("files", file), ("csrf", (None, key))], headers=headers)
    else:
        said = client.post(
            LOAD, data={} if fault == "no key" else data, files=[("files", file)], headers=headers
        )
    expected = 404 if fault == "another's library" else 403
    assert said.status_code == expected
    assert (console.content(home), sorted((home / "uploads").rglob("*"))) == before


def test_an_upload_of_another_library_is_unknown(person: Person) -> None:
    page = console.upload(person("anna"), ("x.mrc", console.marc(("x1", "别馆的文件")))).headers["location"]
    frida = person("frida")
    assert frida.get(page).status_code == 404
    assert frida.get(page.replace("/pku/", "/fudan/")).status_code == 404
    assert person("anna").get(page.replace(page.rpartition("/")[2], "../../settings")).status_code == 404


def test_pages_are_in_the_visitor_s_language(person: Person) -> None:
    zh = person("anna", "zh-CN")
    for path, text in (
        (LOAD, "装载文件"),
        (f"{LIBRARY}/repositories", "资源库"),
        (PROFILE, "本馆资料"),
        (PEOPLE, "人员"),
    ):
        page = zh.get(path)
        assert f"<h1>{text}</h1>" in page.text and 'lang="zh-CN"' in page.text
        assert not re.search(r"\bmanage(_\w+)?\.[a-z]", words(page)), "a text is missing"


def test_a_load_that_is_stopped_can_be_begun_again_with_the_same_files(person: Person, home: Path) -> None:
    anna, file = person("anna"), ("s.mrc", console.marc(("s1", "先停后装的书")))
    # Another program is writing, so the work waits.
    with (home / "writer.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        page = console.upload(anna, file).headers["location"]
        job = console.send(anna, page, page, action="load", repository="pku-all").headers["location"]
        assert "Waiting" in words(anna.get(job))
        assert console.send(anna, job, job).status_code == 303
        stopped = anna.get(job)
        assert "Stopped" in words(stopped) and f'href="{page}"' in stopped.text
    again = console.send(anna, page, page, action="load", repository="pku-all").headers["location"]
    assert again != job and console.wait(anna, again).status_code == 303
    assert becomes(anna, {"先停后装的书": 1})
    assert person("frida").get(job.replace("pku", "fudan")).status_code == 404


ORDER = f"{PROFILE}/order"


def ranked(page: str) -> list[str]:
    (listed,) = re.findall(r'<ol class="ranked">(.*?)</ol>', page, re.DOTALL)
    return [html.unescape(name) for name in re.findall(r"<li><span>([^<]+)</span>", listed)]


def test_the_order_of_the_ways_is_tried_first_and_then_kept(person: Person) -> None:
    """What is typed is shown on sample ways without being saved; saved, it is what the resolver goes by."""
    anna = person("anna")
    first = ranked(anna.get(f"{ORDER}?lang=en").text)
    assert first[0] == "Free at the publisher" and first[-2:] == [
        "Loan or copy by request",
        "Publisher's page, access not known",
    ]
    own_first = {
        "order_1": "own",
        "order_2": "available",
        "order_3": "own",
        "prefer": "",
        "avoid": "Free at*\n",
    }
    tried = console.send(anna, ORDER, f"{ORDER}?lang=en", **own_first, action="preview")
    assert tried.status_code == 200
    assert ranked(tried.text)[0] != "Free at the publisher" and "Free at*" in tried.text
    assert ranked(anna.get(f"{ORDER}?lang=en").text) == first, "looking saves nothing"
    saved = console.send(anna, ORDER, ORDER, **own_first)
    assert saved.status_code == 303, words(saved)
    kept = anna.get(f"{ORDER}?lang=en").text
    assert ranked(kept) == ranked(tried.text)
    assert re.search(r'<select[^>]*name="order_1".*?<option value="own" selected', kept, re.DOTALL)
    # Every criterion stays in the order, whatever is left out, said twice or made up.
    odd = {
        "order_1": "nonsense",
        "order_2": "free",
        "order_3": "free",
        "prefer": "A\n" * 9 + " B  C ",
        "avoid": "",
    }
    assert console.send(anna, ORDER, ORDER, **odd).status_code == 303
    page = anna.get(f"{ORDER}?lang=en").text
    kept_order = re.findall(r'<select[^>]*name="order_\d".*?<option value="(\w+)" selected', page, re.DOTALL)
    assert kept_order == ["free", "direct", "own", "cost", "grade", "distance", "available", "health"]
    assert "\nA\nB C</textarea>" in page
    many = console.send(anna, ORDER, ORDER, prefer="\n".join(map(str, range(60))))
    assert many.status_code == 422 and 'id="prefer-error"' in many.text


@pytest.mark.parametrize("name", ["carl", "lisa", "reader of pku", ""])
def test_the_order_of_the_ways_is_nobody_elses_business(person: Person, name: str) -> None:
    client = person(name)
    assert client.get(ORDER).status_code in (303, 404)
