"""MARC in every syntax and dialect (机读目录): the record in memory, ISO 2709 both ways, and its fields read.

`record` is the structure, `decode` and `encode` are ISO 2709, `syntax` the other ways of writing it;
``marc21`` and ``unimarc`` read blocks of fields, with `values` and `holdings` in common.
"""

from indexer.marc.decode import decode, has_tag, report_mended
from indexer.marc.encode import encode
from indexer.marc.record import (
    FIELD_END,
    MAX_FIELDS,
    RECORD_END,
    SUBFIELD,
    Dialect,
    Marc,
    dialect,
    field,
    subfields,
)

__all__ = [
    "FIELD_END",
    "MAX_FIELDS",
    "RECORD_END",
    "SUBFIELD",
    "Dialect",
    "Marc",
    "decode",
    "dialect",
    "encode",
    "field",
    "has_tag",
    "report_mended",
    "subfields",
]
