"""Names of the keys of entries and the fields of forms, as the consoles call them (字段名称)."""

from __future__ import annotations

from ui.language import Catalogue

# Keys of texts that stand beside these fields in a form already.
_OF_ALL = {
    "action": "manage_log.did", "active": "manage_endpoints.active", "address": "manage_endpoints.address",
    "address_en": "manage_profile.address_en", "address_zh": "manage_profile.address_zh",
    "audience": "manage_share.audience", "avoid": "manage_ranking.avoid",
    "branches": "manage_profile.branches", "consortium": "manage_centre.consortium",
    "contact": "manage_profile.contact", "do": "manage_log.did", "email": "manage_profile.email",
    "embargo": "manage_share.embargo", "embargo_until": "manage_share.embargo",
    "en": "manage_profile.en", "hosts": "manage_centre.hosts", "id": "manage_consortium.id",
    "ill": "manage_profile.ill", "includes": "manage_profile.includes", "isil": "manage_consortium.isil",
    "kind": "manage_endpoints.kind", "library": "manage_consortium.library",
    "name_en": "manage_profile.name_en", "name_zh": "manage_profile.name_zh",
    "networks": "manage_profile.networks", "offered": "manage_share.offer",
    "offered_to": "manage_share.offer", "options": "manage_endpoints.options",
    "phone": "manage_profile.phone", "portal": "manage_profile.portal", "prefer": "manage_ranking.prefer",
    "private": "manage_share.private", "profile": "manage_reading.title",
    "proxy": "manage_profile.proxy", "published_by": "manage_share.published",
    "reason": "manage_sheet.reason", "repository": "manage_consortium.repository",
    "role": "manage_people.role", "roles": "manage_people.roles", "since": "manage_consortium.since",
    "special": "manage_profile.special", "status": "manage_consortium.status",
    "until": "manage_consortium.until", "website": "manage_profile.website", "zh": "manage_profile.zh",
    **{day: f"manage_profile.{day}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}  # fmt: skip


def key_word(texts: Catalogue, key: str, kind: str = "") -> str:
    """What a key is called; one that no form shows stands for itself. ``kind`` is that of the entry."""
    if key == "name" and kind:
        return texts("manage_people.account" if kind == "user" else "manage_profile.names")
    return texts.maybe(_OF_ALL.get(key, ""), key)
