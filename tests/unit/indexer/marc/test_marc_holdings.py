"""Holdings in bibliographic records, with and without a profile."""

from __future__ import annotations

from indexer.marc import field
from indexer.marc import holdings as marc_holdings
from indexer.records.record import Holding, Item


def test_alma_ties_location_summary_names_and_items_by_number() -> None:
    found = marc_holdings.read(
        [
            field(
                "852",
                "0 ",
                [("b", "recap"), ("c", "pa"), ("h", "HD1333"), ("i", "S84"), ("8", "22107520220006421")],
            ),
            field("852", "0 ", [("b", "annex"), ("c", "st"), ("h", "HD1"), ("8", "22999")]),
            field("866", "  ", [("a", "v.1-3"), ("8", "22107520220006421")]),
            field(
                "952",
                "  ",
                [("a", "2020-12-02"), ("8", "22107520220006421"), ("b", "ReCAP"), ("c", "Remote")],
            ),
            field(
                "876",
                "  ",
                [("0", "22107520220006421"), ("p", "321"), ("j", "1"), ("y", "recap"), ("3", "v.1")],
            ),
            field("876", "  ", [("0", "22999"), ("p", "654"), ("j", "0")]),
        ]
    )
    assert found == (
        Holding("ReCAP", "Remote", "HD1333 S84", "v.1-3", (Item("321", "in place", note="v.1"),)),
        Holding("annex", "st", "HD1", "", (Item("654", "not in place"),)),
    )


def test_summaries_without_a_number_belong_to_the_location_before_them() -> None:
    found = marc_holdings.read(
        [
            field("852", "  ", [("a", "PUL"), ("b", "main"), ("j", "A 1")]),
            field("866", "  ", [("8", "1.1"), ("a", "v.1-9")]),
            field("868", "  ", [("a", "v.10")]),
        ]
    )
    assert found == (Holding("PUL", "main", "A 1", "v.1-9; indexes: v.10"),)


def test_905_by_default_and_each_bar_code_is_a_copy() -> None:
    found = marc_holdings.read(
        [
            field(
                "905",
                "  ",
                [("a", "PKU"), ("b", "001"), ("b", "002"), ("d", "I247.5"), ("e", "C123"), ("s", "2")],
            )
        ]
    )
    assert found == (Holding("PKU", "", "I247.5/C123", "", (Item("001"), Item("002"))),)


def test_905_with_a_whole_call_number_and_copies_only() -> None:
    found = marc_holdings.read(
        [field("905", "  ", [("a", "PKU"), ("f", "I247.5/C1"), ("d", "I247"), ("s", "3")])]
    )
    assert found == (Holding("PKU", "", "I247.5/C1", "3 册"),)


def test_905_with_copies_where_others_have_the_call_number() -> None:
    pairs = [("a", "NKU"), ("d", "K260.7"), ("e", "33"), ("f", "2")]
    (holding,) = marc_holdings.read([field("905", "  ", pairs)])
    assert (holding.library, holding.call_number, holding.summary) == ("NKU", "K260.7/33", "2 册")


def test_the_profile_says_what_subfields_mean() -> None:
    profile = {"905": {"x": "barcode", "k": "call_number", "o": "location", "z": "nonsense"}}
    fields = [field("905", "  ", [("a", "not this"), ("x", "77"), ("k", "B1"), ("o", "三楼"), ("z", "?")])]
    assert marc_holdings.read(fields, profile) == (Holding("", "三楼", "B1", "", (Item("77"),)),)


def test_koha_and_aleph_items() -> None:
    koha = field(
        "952", "  ", [("a", "CPL"), ("c", "FIC"), ("o", "813 SMI"), ("p", "39999"), ("d", "2020-01-01")]
    )
    assert marc_holdings.read([koha]) == (Holding("CPL", "FIC", "813 SMI", "", (Item("39999"),)),)
    located = field("852", "4 ", [("x", "LW"), ("b", "LW55"), ("c", "L17"), ("j", "X.1"), ("p", "000010")])
    item = field("Z30", "-1", [("1", "LW55"), ("2", "L17"), ("3", "X.1"), ("5", "000010"), ("F", "LOAN")])
    assert marc_holdings.read([located, item]) == (
        Holding("LW55", "L17", "X.1", "", (Item("000010", "LOAN"),)),
    )


def test_fields_without_content_give_nothing() -> None:
    assert marc_holdings.read([("852", "  "), ("876", ""), ("905", "  \x1fa"), ("952", "  \x1fz")]) == ()
