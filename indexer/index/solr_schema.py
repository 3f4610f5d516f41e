"""The table of columns as a Solr configset (检索集群配置): schema.xml and solrconfig.xml.

The columns are those of ``tantivy_schema.columns``, so that both engines hold the same things. Written out to
``solr_conf/`` by ``scripts/solr-conf`` for people who run Solr; the engine uploads what this module makes.
Rules of Solr: Solr Reference Guide 9.10, "Fields and Schema Design" and "Configuring solrconfig.xml".
"""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import quoteattr

from indexer.index.fields import fingerprint
from indexer.index.tantivy_schema import Column, columns

KEY = "key"  # the unique key: a union record may have several documents, which share their ``id``
PREFIX = "ereader"
# Lucene leaves out the constant factor k1 + 1 of BM25, Tantivy has it. A boost by it gives the same scores.
BM25_FACTOR = 2.2
MAX_CLAUSES = 16384
MAX_TOKEN = 8000  # UTF-16 units of a token; a term of Lucene holds at most 32,766 bytes
LUCENE = "9.12"

# One value a document; all other columns take several.
SINGLE = frozenset(("id", "display", "year", "s_title", "s_author", "walk", "newest", "oldest", "added"))
# Columns whose values are listed by their beginning, which Solr does on columns of values.
LISTED = frozenset(("suggest",))
# Handlers that every collection has by itself, and that would stream, export, evaluate or show more.
CLOSED = (
    "/update/csv",
    "/update/cbor",
    "/update/json/docs",
    "/export",
    "/graph",
    "/stream",
    "/sql",
    "/analysis/document",
    "/analysis/field",
    "/debug/dump",
    "/tasks/cancel",
    "/tasks/list",
)


def schema_xml() -> str:
    """The schema: nothing is guessed, a document with a column that is not here is refused."""
    lines = [_field(column) for column in columns() if not ignored(column)]
    return _SCHEMA.format(key=KEY, fields="\n".join(lines), token=MAX_TOKEN)


def solrconfig_xml() -> str:
    """Only what the engine asks for is answered, and no text of a reader is ever expanded or logged."""
    closed = "\n".join(
        f'  <requestHandler name="{name}" class="solr.NotFoundRequestHandler"/>' for name in CLOSED
    )
    return _CONFIG.format(lucene=LUCENE, clauses=MAX_CLAUSES, closed=closed)


def configset() -> dict[str, bytes]:
    """The files of the configset by their names (配置集)."""
    return {"schema.xml": schema_xml().encode(), "solrconfig.xml": solrconfig_xml().encode()}


def solr_mark() -> str:
    """Names everything a collection is made of: the configset, the table of fields and how they are filled
    (集合指纹).
    """
    digest = hashlib.blake2b(fingerprint().encode(), digest_size=8)
    for name, content in sorted(configset().items()):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def configset_name() -> str:
    """The name of the configset in ZooKeeper; another table of fields is another configset."""
    return f"{PREFIX}-{solr_mark()}"


def ignored(column: Column) -> bool:
    """Digests of facet values: Solr counts the values themselves, by their ordinals."""
    return column.name.startswith("h_")


def _field(column: Column) -> str:
    name, holds, options = column
    if holds == "bytes":
        kind, indexed, values, stored = "bytes", False, False, True
    elif holds == "integer":
        kind, stored = "integer", False
        indexed, values = bool(options.get("indexed")), bool(options.get("fast"))
    elif options.get("index_option") == "position":
        kind, indexed, values, stored = "tokens", True, False, False
    else:
        # What Tantivy stores of facets is read back from the column of values here.
        kind, indexed, stored = "value", True, name == "id"
        values = name.startswith(("f_", "s_")) or name in LISTED
    attributes = {
        "name": name,
        "type": kind,
        "indexed": _said(indexed),
        "stored": _said(stored),
        "docValues": _said(values),
        "multiValued": _said(name not in SINGLE),
    }
    if name == "id":
        attributes["required"] = "true"
    text = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"  <field {text}/>"


def _said(true: bool) -> str:
    return "true" if true else "false"


_SCHEMA = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by scripts/solr-conf from indexer/index/fields.py. Do not edit: a test compares it. -->
<schema name="ereader" version="1.7">
  <uniqueKey>{key}</uniqueKey>
  <similarity class="solr.BM25SimilarityFactory">
    <float name="k1">1.2</float>
    <float name="b">0.75</float>
  </similarity>

  <!-- Tokens come ready-made, separated by blanks; between two values of a field one position stays free. -->
  <fieldType name="tokens" class="solr.TextField" positionIncrementGap="1" autoGeneratePhraseQueries="false">
    <analyzer>
      <tokenizer name="whitespace" rule="java" maxTokenLen="1000000"/>
      <filter name="length" min="1" max="{token}"/>
    </analyzer>
  </fieldType>
  <fieldType name="value" class="solr.StrField" sortMissingLast="true" useDocValuesAsStored="false"/>
  <fieldType name="integer" class="solr.LongPointField" sortMissingLast="true" useDocValuesAsStored="false"/>
  <fieldType name="bytes" class="solr.BinaryField"/>
  <fieldType name="unused" class="solr.StrField" indexed="false" stored="false" docValues="false"
             multiValued="true"/>

  <field name="{key}" type="value" indexed="true" stored="true" docValues="false" multiValued="false"
         required="true"/>
  <field name="_version_" type="integer" indexed="false" stored="false" docValues="true" multiValued="false"/>
{fields}
  <!-- Digests of facet values, which only the embedded engine counts by. -->
  <dynamicField name="h_*" type="unused"/>
</schema>
"""

_CONFIG = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by scripts/solr-conf from indexer/index/solr_schema.py. Do not edit: a test compares it. -->
<config>
  <luceneMatchVersion>{lucene}</luceneMatchVersion>
  <dataDir>${{solr.data.dir:}}</dataDir>
  <directoryFactory name="DirectoryFactory" class="solr.NRTCachingDirectoryFactory"/>
  <codecFactory class="solr.SchemaCodecFactory"/>
  <schemaFactory class="ClassicIndexSchemaFactory"/>
  <!-- Words are as rare as they are in the whole collection, whatever shard a document is in. -->
  <statsCache class="org.apache.solr.search.stats.ExactStatsCache"/>

  <indexConfig>
    <ramBufferSizeMB>64</ramBufferSizeMB>
    <lockType>${{solr.lock.type:native}}</lockType>
  </indexConfig>

  <!-- What is written is safe at once by the update log; it is seen only after the writer's own commit. -->
  <updateHandler class="solr.DirectUpdateHandler2">
    <updateLog>
      <str name="dir">${{solr.ulog.dir:}}</str>
    </updateLog>
    <autoCommit>
      <maxTime>15000</maxTime>
      <maxSize>256m</maxSize>
      <openSearcher>false</openSearcher>
    </autoCommit>
    <autoSoftCommit>
      <maxTime>-1</maxTime>
    </autoSoftCommit>
  </updateHandler>

  <query>
    <maxBooleanClauses>{clauses}</maxBooleanClauses>
    <filterCache size="512" initialSize="128" autowarmCount="32" async="true"/>
    <queryResultCache size="512" initialSize="128" autowarmCount="0"/>
    <documentCache size="1024" initialSize="256"/>
    <enableLazyFieldLoading>true</enableLazyFieldLoading>
    <queryResultWindowSize>40</queryResultWindowSize>
    <queryResultMaxDocsCached>400</queryResultMaxDocsCached>
    <useColdSearcher>true</useColdSearcher>
    <maxWarmingSearchers>4</maxWarmingSearchers>
    <!-- Slow searches are not written to the log with their text. -->
    <slowQueryThresholdMillis>-1</slowQueryThresholdMillis>
  </query>

  <requestDispatcher>
    <requestParsers enableRemoteStreaming="false" enableStreamBody="false"
                    multipartUploadLimitInKB="65536" formdataUploadLimitInKB="65536"/>
    <httpCaching never304="true"/>
  </requestDispatcher>

  <!-- Nothing in a request is expanded (${{...}}) or given back. -->
  <requestHandler name="/select" class="solr.SearchHandler">
    <lst name="defaults">
      <str name="wt">json</str>
      <str name="df">all</str>
      <str name="q.op">AND</str>
      <str name="omitHeader">true</str>
      <str name="shards.preference">replica.location:local</str>
    </lst>
    <lst name="invariants">
      <str name="expandMacros">false</str>
      <str name="echoParams">none</str>
      <str name="debug">false</str>
      <str name="shards.tolerant">false</str>
    </lst>
    <arr name="components">
      <str>query</str>
      <str>facet</str>
      <str>facet_module</str>
    </arr>
  </requestHandler>

{closed}
</config>
"""
