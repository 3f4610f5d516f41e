"""The description of the API (接口描述) as OpenAPI 3.1."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ereader.search.browse import MAX_SIZE as MAX_LIST
from ereader.search.facet_list import FACETS, UNLISTED
from ereader.search.parameters import GROUPS
from ereader.search.query_fields import FIELDS
from ereader.search.request import MAX_SIZE, SORTS
from ereader.search.suggest import KINDS
from ereader.web import availability_openapi, resolver_openapi
from indexer.headings import KINDS as HEADINGS
from indexer.headings import ORDERS
from indexer.records.export import FORMATS
from indexer.records.resource_type import BY_CODE

Schema = dict[str, Any]
LISTS = (*HEADINGS, "class")


def _query(name: str, description: str, schema: Schema, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _strings(description: str = "") -> Schema:
    return {
        "type": "array",
        "items": {"type": "string"},
        **({"description": description} if description else {}),
    }


def _object(description: str, **members: Schema) -> Schema:
    """An object that has at least these members; others may be added."""
    return {"type": "object", "description": description, "required": list(members), "properties": members}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def _search_parameters() -> list[dict[str, Any]]:
    several = {"type": "array", "items": TEXT}
    parameters = [
        _query(
            "q", "What is looked for, in the query language of the search box. Anything is answered.", TEXT
        ),
        _query(
            "in",
            "Field in which words without a field name are looked for.",
            {"type": "string", "enum": list(FIELDS), "default": "all"},
        ),
        _query(
            "type",
            "Resource types; several are alternatives.",
            {"type": "array", "items": {"type": "string", "enum": list(BY_CODE)}},
        ),
    ]
    for name in FACETS:
        if name != "type":
            parameters.append(
                _query(f"f.{name}", f"Values of the facet {name} to keep; several are alternatives.", several)
            )
        parameters.append(_query(f"x.{name}", f"Values of the facet {name} to leave out.", several))
    parameters += [_query(f"f.{name}", f"A {name} as a browse list has it.", several) for name in UNLISTED]
    return [
        *parameters,
        _query("added", "Only what came in within so many days.", {"type": "integer", "minimum": 1}),
        _query("year", "A year or a range: 1990, 1990-2000, 1990.., ..2000, -221--206.", TEXT),
        _query(
            "scope",
            "Where to look: own (this portal's place), a place token (L:ID, C:ID), or everything.",
            TEXT,
        ),
        _query("lang", "Language of labels.", {"type": "string", "enum": ["zh-CN", "en"]}),
    ]


def _list_parameters() -> list[dict[str, Any]]:
    return [
        _query("sort", "Order of the hits.", {"type": "string", "enum": list(SORTS), "default": "relevance"}),
        _query(
            "page",
            "Page, from 1. A page beyond the limit is refused with 400.",
            {"type": "integer", "minimum": 1, "default": 1},
        ),
        _query(
            "size", "Hits in a page.", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": 20}
        ),
        _query(
            "group",
            "`work` folds the editions of a work among the hits of a page into the first of them.",
            {"type": "string", "enum": list(GROUPS)},
        ),
        _query(
            "cursor", "`*` begins a walk through all hits in a fixed order; go on with `next_cursor`.", TEXT
        ),
    ]


def _browse_parameters() -> list[dict[str, Any]]:
    return [
        _query("kind", "Which list.", {"type": "string", "enum": list(LISTS)}, required=True),
        _query("from", "Where it begins: text, pinyin, a call number, a class as `clc/I/I2`.", TEXT),
        _query("order", "Order of headings.", {"type": "string", "enum": list(ORDERS), "default": ORDERS[0]}),
        _query("letter", "A first letter, or by strokes a number, in place of `from`.", TEXT),
        _query("place", "`next` or `previous` of an answer.", TEXT),
        _query("back", "With `previous`: the entries before that place.", {"type": "string", "enum": ["1"]}),
        _query("limit", "Entries.", {"type": "integer", "minimum": 1, "maximum": MAX_LIST, "default": 50}),
        _query("library", "Of the shelf: call numbers of one library.", TEXT),
        _query("scope", "Where to count: own, a place token, or everything.", TEXT),
        _query("lang", "Language of labels.", {"type": "string", "enum": ["zh-CN", "en"]}),
    ]


def _answers(schema: str, description: str, *errors: str) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {
            "description": description,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        }
    }
    for status in errors:
        answers[status] = {"$ref": f"#/components/responses/Problem{status}"}
    return answers


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _schemas() -> dict[str, Schema]:
    hit = _object(
        "One union record found.",
        id=TEXT,
        type={"type": "string", "enum": list(BY_CODE)},
        title=TEXT,
        contributors=_strings(),
        year={"type": ["integer", "null"]},
        libraries=_strings("Ids of the libraries that have it."),
        highlights={
            "type": "object",
            "description": "Name of a member: its text as HTML, matches in <mark>.",
            "additionalProperties": TEXT,
        },
    )
    value = _object("A facet value.", value=TEXT, label=TEXT, count=COUNT)
    values: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/FacetValue"}}
    source = _object(
        "A source record that the view sees.",
        uid=TEXT,
        library=TEXT,
        repository=TEXT,
        id=TEXT,
        merged_by=_strings("The keys that agreed."),
    )
    part = {"type": "array", "items": {"type": "object"}}
    record = _object(
        "A merged record. Absent values are left out.",
        id=TEXT,
        type=TEXT,
        title=TEXT,
        sources={"type": "array", "items": {"$ref": "#/components/schemas/Source"}},
    )
    record["properties"] |= {
        "type_evidence": _strings(),
        "title_remainder": TEXT,
        "responsibility": TEXT,
        "titles": part,
        "contributors": part,
        "publication": {"type": "object"},
        "year": NUMBER,
        "year_end": NUMBER,
        "languages": _strings("ISO 639-3"),
        "countries": _strings(),
        "identifiers": part,
        "subjects": part,
        "classes": part,
        "edition": TEXT,
        "extent": TEXT,
        "series": _strings(),
        "notes": _strings(),
        "abstract": TEXT,
        "contents": _strings(),
        "links": part,
        "relations": part,
        "holdings": part,
    }
    return {
        "SearchResults": _object(
            "A page of hits with facets.",
            total=COUNT,
            page=NUMBER,
            size=NUMBER,
            hits={"type": "array", "items": {"$ref": "#/components/schemas/Hit"}},
            facets={"type": "object", "additionalProperties": values},
            query=_object("How the text was understood.", text=TEXT, understood=TEXT),
            suggestions=_strings("Other spellings."),
            next_cursor=TEXT,
        ),
        "Hit": hit,
        "Editions": _object(
            "All editions and translations of a work.",
            id=TEXT,
            total=COUNT,
            editions={"type": "array", "items": {"$ref": "#/components/schemas/Edition"}},
        ),
        "Edition": {
            **hit,
            "description": "One edition.",
            "properties": {**hit["properties"], "volume": TEXT},
        },
        "FacetValue": value,
        "FacetValues": _object("Values of one facet.", values=values, more={"type": "boolean"}),
        "BrowsePage": _object(
            "A stretch of a list.",
            kind={"type": "string", "enum": list(LISTS)},
            order=TEXT,
            state={"type": "string", "enum": ["ready", "making"]},
            entries={
                "type": "array",
                "items": _object(
                    "A heading, a call number or a class; `query` finds what is counted.",
                    value=TEXT,
                    label=TEXT,
                    count=COUNT,
                    query=TEXT,
                ),
            },
            previous=TEXT,
            next=TEXT,
        ),
        "Suggestions": _object(
            "What the typed text may become.",
            suggestions={
                "type": "array",
                "items": _object(
                    "One suggestion.", text=TEXT, kind={"type": "string", "enum": list(KINDS)}, count=COUNT
                ),
            },
        ),
        "Record": record,
        "Source": source,
        "Problem": _object("What went wrong (RFC 9457).", type=TEXT, title=TEXT, status=NUMBER, detail=TEXT),
    }


def document(server: str, title: str) -> dict[str, Any]:
    """The OpenAPI document of one portal; ``server`` is its address."""
    identifier = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "Id of a union record, or of any record in it.",
        "schema": TEXT,
    }
    formats = ["json", *(name for name in FORMATS if name != "json")]
    exported = {"schema": {"type": "string"}}
    record_answers = _answers("Record", "The merged record, or the format asked for.", "400", "404")
    for media_type in (
        "application/x-research-info-systems",
        "application/x-bibtex",
        "application/marc",
        "application/marcxml+xml",
    ):
        record_answers["200"]["content"][media_type] = exported
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version("ereader"),
            "summary": "Search the union catalogue.",
            "description": "The same parameters as the pages: /search?… and /api/v1/search?… ask the same. "
            "What a portal does not show is in no answer and in no count.",
        },
        "servers": [{"url": server or "/"}],
        "paths": {
            "/api/v1/search": {
                "get": {
                    "operationId": "search",
                    "summary": "Search",
                    "parameters": [*_search_parameters(), *_list_parameters()],
                    "responses": _answers("SearchResults", "Hits and facets.", "400"),
                }
            },
            "/api/v1/records/{id}": {
                "get": {
                    "operationId": "record",
                    "summary": "One record",
                    "parameters": [
                        identifier,
                        _query(
                            "format",
                            "Format of the answer.",
                            {"type": "string", "enum": formats, "default": "json"},
                        ),
                    ],
                    "responses": record_answers,
                }
            },
            "/api/v1/records/{id}/editions": {
                "get": {
                    "operationId": "editions",
                    "summary": "All editions and translations of the work of a record",
                    "parameters": [identifier],
                    "responses": _answers("Editions", "The editions, the record among them.", "404"),
                }
            },
            "/api/v1/facets": {
                "get": {
                    "operationId": "facets",
                    "summary": "All values of one facet of a search",
                    "parameters": [
                        _query(
                            "facet", "The facet.", {"type": "string", "enum": list(FACETS)}, required=True
                        ),
                        *_search_parameters(),
                        _query("prefix", "Only values that begin like this, whatever the script form.", TEXT),
                        _query(
                            "sort",
                            "Order of the values.",
                            {"type": "string", "enum": ["count", "index"], "default": "count"},
                        ),
                        _query(
                            "offset", "Values to pass over.", {"type": "integer", "minimum": 0, "default": 0}
                        ),
                        _query(
                            "limit",
                            "Values in the answer.",
                            {"type": "integer", "minimum": 1, "maximum": 500, "default": 20},
                        ),
                    ],
                    "responses": _answers("FacetValues", "Values with counts.", "400"),
                }
            },
            "/api/v1/suggest": {
                "get": {
                    "operationId": "suggest",
                    "summary": "What a text may become while it is typed",
                    "parameters": [
                        _query("q", "What was typed.", TEXT),
                        _query("kind", "Only one kind.", {"type": "string", "enum": list(KINDS)}),
                        _query("in", "Only what is in this field of the search.", TEXT),
                        _query("type", "Only what resources of this type have.", TEXT),
                        _query(
                            "pieces",
                            "1 to have each text also cut up, every second piece being what was typed.",
                            {"type": "string", "enum": ["1"]},
                        ),
                        _query(
                            "format",
                            "opensearch: an array as browsers take it for their own box.",
                            {"type": "string", "enum": ["json", "opensearch"], "default": "json"},
                        ),
                        _query(
                            "size",
                            "How many.",
                            {"type": "integer", "minimum": 1, "maximum": 50, "default": 10},
                        ),
                    ],
                    "responses": _answers("Suggestions", "Suggestions."),
                }
            },
            "/api/v1/browse": {
                "get": {
                    "operationId": "browse",
                    "summary": "A stretch of a browse list, of the shelf, or of a class tree",
                    "parameters": _browse_parameters(),
                    "responses": _answers("BrowsePage", "Entries with counts.", "400"),
                }
            },
            **availability_openapi.PATHS,
            **resolver_openapi.PATHS,
        },
        "components": {
            "schemas": {**_schemas(), **availability_openapi.SCHEMAS, **resolver_openapi.SCHEMAS},
            "responses": {
                "Problem400": _problem("The request makes no sense."),
                "Problem404": _problem("There is no such record, or not for you."),
            },
        },
    }
