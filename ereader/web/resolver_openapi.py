"""What the description of the API says of the resolver (解析器接口描述)."""

from __future__ import annotations

from typing import Any

_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_ENTITY: dict[str, Any] = {
    "type": "object",
    "required": ["format", "metadata", "identifiers", "private_data"],
    "properties": {
        "format": _MAYBE,
        "metadata": {"type": "object", "additionalProperties": _TEXTS},
        "identifiers": _TEXTS,
        "private_data": _MAYBE,
        "reference": _MAYBE,
        "reference_format": _MAYBE,
    },
}
_ENTITIES: dict[str, Any] = {"type": "array", "items": _ENTITY}
_CITATION: dict[str, Any] = {
    "type": "object",
    "description": "What is cited, after repair.",
    "properties": {
        **dict.fromkeys(
            (
                "kind", "container_kind", "title", "container_title", "author", "date", "isbn", "issn",
                "eissn",
                "volume", "issue", "page", "spage", "epage", "artnum", "edition", "place", "publisher",
            ),
            _MAYBE,
        ),
        "month": {"type": ["integer", "null"], "minimum": 1, "maximum": 12},
        "identifiers": _TEXTS,
    },
}  # fmt: skip
SCHEMAS: dict[str, Any] = {
    "Citation": _CITATION,
    "ParsedOpenUrl": {
        "type": "object",
        "required": ["context_object", "citation", "charset", "problems"],
        "properties": {
            "context_object": {
                "type": "object",
                "required": [
                    "referent", "referring_entity", "requester", "service_types", "resolvers", "referrers",
                    "admin",
                ],
                "properties": {
                    "referent": _ENTITY,
                    "referring_entity": _ENTITY,
                    "requester": _ENTITY,
                    "referrer": _ENTITY,
                    "service_types": _ENTITIES,
                    "resolvers": _ENTITIES,
                    "referrers": _TEXTS,
                    "admin": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "citation": {"$ref": "#/components/schemas/Citation"},
            "charset": {"type": "string"},
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "message", "field", "value"],
                    "additionalProperties": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip
_PARSED = {
    "200": {
        "description": "What the link says, and what was mended.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ParsedOpenUrl"}}},
    }
}
_STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
SCHEMAS["Ways"] = {
    "type": "object",
    "required": ["citation", "answers", "left_out", "pending"],
    "properties": {
        "citation": {"$ref": "#/components/schemas/Citation"},
        "answers": {
            "type": "array",
            "description": "In the order of their rank.",
            "items": {
                "type": "object",
                "required": [
                    "service",
                    "type",
                    "label",
                    "url",
                    "reason",
                    "coverage",
                    "proxied",
                    "match",
                    "cost",
                    "as_of",
                ],
                "properties": {
                    "type": {"type": "string"},
                    "match": {"type": "string", "enum": ["exact", "edition", "unsure"]},
                    **{name: {"type": "boolean"} for name in ("free", "direct", "own", "proxied")},
                },
            },
        },
        "left_out": {"type": "array", "items": _STRINGS},
        "pending": _TEXTS,
    },
}
_CITED = {
    "name": "rft_id",
    "in": "query",
    "required": True,
    "description": "An identifier, as one of the keys of an OpenURL; any others may stand beside or for it.",
    "schema": {"type": "string"},
}
PATHS: dict[str, Any] = {
    "/resolver/api/stream": {
        "get": {
            "operationId": "stream",
            "summary": "The ways as server-sent events: section as they are known, done at the end",
            "parameters": [_CITED],
            "responses": {
                "200": {
                    "description": "Events named section (type, heading, answers, html) and done (pending).",
                    "content": {"text/event-stream": {"schema": {"type": "string"}}},
                }
            },
        },
    },
    "/resolver/section": {
        "get": {
            "operationId": "section",
            "summary": "The ways as a piece of HTML for a page",
            "parameters": [_CITED],
            "responses": {
                "200": {"description": "HTML.", "content": {"text/html": {"schema": {"type": "string"}}}}
            },
        },
    },
    "/resolver/api/batch": {
        "post": {
            "operationId": "resolveList",
            "summary": "The ways to up to 50 things at once, without remote services",
            "requestBody": {
                "content": {
                    "*/*": {
                        "schema": {"type": "object", "required": ["links"], "properties": {"links": _TEXTS}}
                    }
                }
            },
            "responses": {
                "200": {
                    "description": "results: one entry for each link, in their order; texts: for a page.",
                    "content": {"application/json": {"schema": {"type": "object", "required": ["results"]}}},
                }
            },
        },
    },
    "/resolver/api/resolve": {
        "get": {
            "operationId": "resolve",
            "summary": "The ways to what the OpenURL in the query string cites, best first",
            "parameters": [
                {
                    "name": "wait",
                    "in": "query",
                    "description": "Seconds that remote services are waited for.",
                    "schema": {"type": "number", "minimum": 0, "maximum": 5, "default": 1},
                }
            ],
            "responses": {
                "200": {
                    "description": "The ways, what does not lead there and why, who has not answered.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ways"}}},
                }
            },
        },
    },
    "/resolver/api/parse": {
        "get": {
            "operationId": "parseQuery",
            "summary": "What the OpenURL in the query string says",
            "parameters": [],
            "responses": _PARSED,
        },
        "post": {
            "operationId": "parseBody",
            "summary": "What an OpenURL, a query string, XML, a form or a COinS span says",
            "requestBody": {"content": {"*/*": {"schema": {"type": "string"}}}},
            "responses": _PARSED,
        },
    },
}
