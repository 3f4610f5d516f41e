"""What the description of the API says of availability (实时馆藏接口描述)."""

from __future__ import annotations

from typing import Any

from holdings.availability import STATUSES

_STATUS = {"type": "string", "enum": list(STATUSES)}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_COUNT = {"type": ["integer", "null"], "minimum": 0}
_COPY: dict[str, Any] = {
    "type": "object",
    "required": ["status", "text", "call_number", "location", "due", "queue", "services"],
    "properties": {
        "status": _STATUS,
        **dict.fromkeys(
            ("text", "call_number", "location", "volume", "barcode", "due", "note", "href"), _TEXT
        ),
        "queue": _COUNT,
        "services": {"type": "object", "additionalProperties": _TEXT},
    },
}
_LIBRARY: dict[str, Any] = {
    "type": "object",
    "required": ["library", "name", "own", "status", "live", "as_of", "copies"],
    "properties": {
        **dict.fromkeys(
            ("library", "name", "text", "due", "note", "href", "error", "as_of", "as_of_text"), _TEXT
        ),
        **dict.fromkeys(("own", "live", "stale", "pending"), _FLAG),
        "status": _STATUS,
        "total": _COUNT,
        "available": _COUNT,
        "queue": _COUNT,
        "copies": {"type": "array", "items": _COPY},
    },
}
SCHEMAS: dict[str, Any] = {
    "Availability": {
        "type": "object",
        "required": ["records"],
        "properties": {
            "records": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "status", "text", "pending", "libraries"],
                    "properties": {
                        "id": _TEXT,
                        "status": _STATUS,
                        "text": _TEXT,
                        "pending": _FLAG,
                        "libraries": {"type": "array", "items": _LIBRARY},
                    },
                },
            }
        },
    },
    "Daia": {"type": "object", "description": "A response of DAIA 1.0.0, or an error response of it."},
}


def _answer(name: str, description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _query(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


PATHS: dict[str, Any] = {
    "/api/v1/availability": {
        "get": {
            "operationId": "availability",
            "summary": "What can be had now of up to 50 records, by library",
            "parameters": [
                _query(
                    "id",
                    "A record; once for each.",
                    {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 50},
                    required=True,
                    explode=True,
                ),
                _query(
                    "wait",
                    "Seconds that libraries' systems are waited for.",
                    {"type": "number", "minimum": 0, "maximum": 5, "default": 2.5},
                ),
            ],
            "responses": {
                "200": _answer("Availability", "In the order of the question."),
                "400": {"$ref": "#/components/responses/Problem400"},
            },
        }
    },
    "/daia": {
        "get": {
            "operationId": "daia",
            "summary": "Document Availability Information API 1.0.0",
            "parameters": [
                _query("id", "Request identifiers, joined by |.", _TEXT, required=True),
                _query(
                    "format", "The only one there is.", {"type": "string", "enum": ["json"]}, required=True
                ),
                _query("callback", "Name of a function, for JSONP.", _TEXT),
                _query("suppress_response_codes", "Errors come with status 200.", _TEXT),
            ],
            "responses": {
                "200": _answer("Daia", "The documents that were found."),
                "422": _answer("Daia", "A parameter is missing or wrong."),
                "501": _answer("Daia", "Asked for one patron."),
            },
        }
    },
}
