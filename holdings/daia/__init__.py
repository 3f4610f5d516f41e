"""DAIA 1.0: documents, items and what can be done with them (文献可用性接口), read, checked and written.

Source: Document Availability Information API, version 1.0.0 (2017-06-23), the sections named in the modules.
"""

from __future__ import annotations

from holdings.daia.read import Daia, Document, read
from holdings.daia.write import response

__all__ = ["Daia", "Document", "read", "response"]
