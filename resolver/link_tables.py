"""Tables of what is measured of links (链接统计表): nothing of any reader is in them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

TARGET = sa.Table(
    "link_target",
    METADATA,
    sa.Column("library", sa.String(64), primary_key=True),  # whose readers; "" for none's
    sa.Column("target", sa.String(200), primary_key=True),
    sa.Column("clicks", sa.Integer, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    # Both fade: what happened a half-life ago counts half.
    sa.Column("tries", sa.Float, nullable=False),
    sa.Column("failures", sa.Float, nullable=False),
    sa.Column("day", sa.Date, nullable=False),  # on which the fading numbers hold
)

REPORT = sa.Table(
    "link_report",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("made", sa.String(20), nullable=False),  # ISO 8601, UTC
    sa.Column("library", sa.String(64), nullable=False, index=True),
    sa.Column("target", sa.String(200), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("cited", sa.Text, nullable=False),  # the OpenURL, without who asked
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("settled", sa.String(20), nullable=False),  # empty while it is open
)

REFERRER = sa.Table(
    "link_referrer",
    METADATA,
    sa.Column("referrer", sa.String(100), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("links", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),  # sum of the completeness of all
    sa.Column("mended", sa.Integer, nullable=False),  # links in which something had to be mended
    sa.Column("answered", sa.Integer, nullable=False),  # links with a full text or a shelf
    sa.Column("missing", sa.Text, nullable=False),  # JSON: how often which member was absent
    sa.Column("latest", sa.String(20), nullable=False),
)

PROBE = sa.Table(
    "link_probe",
    METADATA,
    sa.Column("url", sa.String(2000), primary_key=True),
    sa.Column("target", sa.String(200), nullable=False, index=True),
    sa.Column("status", sa.Integer, nullable=False),  # of HTTP; 0 where nothing answered
    sa.Column("said", sa.String(200), nullable=False),
    sa.Column("made", sa.String(20), nullable=False),
)

SECRET = sa.Table(  # signs the addresses that the click router may lead to
    "link_secret",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.String(64), nullable=False),
)
