"""How files become tiles, in the engine's language. Pure: texts only.

A part is what one batch knew of one path of one source; ``files`` is a text of lines ``band`` U+0001 ``etag``, so that
their order is that of the bands, whatever characters they have, and ``bands`` is how many bands it names.
"""

from __future__ import annotations

CREATE_RULES = (
    """CREATE TABLE $rule (source INTEGER, bands INTEGER, needed INTEGER, cover INTEGER,
    sensing_managed INTEGER, reingest INTEGER)""",
    "CREATE TABLE $required (bands INTEGER, band VARCHAR)",
    "CREATE TABLE $cover (cover INTEGER, text VARCHAR)",
)

CREATE_PARTS = """
CREATE TABLE $part (source INTEGER, path VARCHAR, files VARCHAR, bands INTEGER, newest_ms BIGINT, sensing_ms BIGINT,
  grp VARCHAR)
"""

#: Files that no configured band names are left out; a row without a band is a tile without files.
FOLD_FILES = """
INSERT INTO $part BY NAME
SELECT b.source, b.path, count(DISTINCT b.band) AS bands,
  array_to_string(list_sort(list(DISTINCT b.band || chr(1) || b.etag) FILTER (b.band IS NOT NULL)), chr(10)) AS files,
  max(b.modified_ms) AS newest_ms, min(b.sensing_ms) AS sensing_ms, min(b.grp) AS grp
FROM batch b JOIN $rule r ON r.source = b.source
LEFT JOIN $required q ON q.bands = r.bands AND q.band = b.band
WHERE r.bands IS NULL OR q.band IS NOT NULL OR b.band IS NULL
GROUP BY b.source, b.path
"""

ADD_TILES = "INSERT INTO $part BY NAME SELECT * FROM batch"

#: One row a path. Paths that came whole, in one part, take the short way.
MAKE_DESIRED = """
CREATE TABLE $desired AS
WITH repeated AS MATERIALIZED (SELECT path FROM $part GROUP BY path HAVING count(*) > 1),
grouped AS (
  SELECT path, min(source) AS source, list_sort(list(DISTINCT source)) AS sources,
    list_sort(list_distinct(flatten(list(string_split(files, chr(10))) FILTER (files IS NOT NULL)))) AS files,
    max(newest_ms) AS newest_ms, min(struct_pack(s := source, t := sensing_ms)).t AS sensing_ms,
    min(struct_pack(s := source, g := grp)).g AS grp
  FROM $part SEMI JOIN repeated USING (path) GROUP BY path
), once AS (
  SELECT path, source, [source] AS sources, files, bands, newest_ms, sensing_ms, grp
  FROM $part ANTI JOIN repeated USING (path)
  UNION ALL
  SELECT path, source, sources, array_to_string(files, chr(10)),
    len(list_distinct(list_transform(files, lambda f: split_part(f, chr(1), 1)))), newest_ms, sensing_ms, grp
  FROM grouped
)
SELECT o.path, o.source, o.sources, o.newest_ms, o.sensing_ms, o.grp, r.cover,
  replace(nullif(o.files, ''), chr(1), '=') AS files,
  coalesce(o.bands, 0) > 0 AND (r.needed IS NULL OR o.bands >= r.needed) AS is_complete
FROM once o JOIN $rule r ON r.source = o.source
"""

#: Rows that are tiles already; ``cover`` is the row's own, by its number.
CREATE_READY = """
CREATE TABLE $ready (source INTEGER, path VARCHAR, sensing_ms BIGINT, cover INTEGER, grp VARCHAR)
"""
FOLD_READY = "INSERT INTO $ready BY NAME SELECT * FROM batch"
INSERT_COVERS = "INSERT INTO $cover BY NAME SELECT * FROM batch"

#: A path that several sources claim keeps the first row and all the sources; what files say goes before a row.
ADD_CLAIMS = """
UPDATE $desired d SET sources = list_sort(list_distinct(d.sources || c.sources))
FROM (SELECT path, list(DISTINCT source) AS sources FROM $ready GROUP BY path) c WHERE c.path = d.path
"""
ADD_READY = """
INSERT INTO $desired BY NAME
SELECT path, min(source) AS source, list_sort(list(DISTINCT source)) AS sources, NULL::BIGINT AS newest_ms,
  min(struct_pack(s := source, t := sensing_ms)).t AS sensing_ms, min(grp) AS grp,
  min(struct_pack(s := source, r := coalesce(y.cover, r.cover))).r AS cover, NULL::VARCHAR AS files, TRUE AS is_complete
FROM $ready y JOIN $rule r USING (source) ANTI JOIN $desired d USING (path) GROUP BY path
"""
MANAGE_SENSING = "UPDATE $rule SET sensing_managed = 1 WHERE source = ?"

COUNT_BAND_SETS = """
SELECT array_to_string(list_transform(string_split(coalesce(files, ''), chr(10)),
  lambda f: regexp_replace(f, '=[^=]*$$', '')), ',') AS bands, count(*) AS tiles
FROM $desired WHERE files IS NOT NULL OR NOT is_complete GROUP BY 1 ORDER BY tiles DESC, bands LIMIT ?
"""

COUNT_SOURCES = """
SELECT source, count(*) FILTER (is_complete), count(*) FILTER (NOT is_complete) FROM $desired GROUP BY 1
"""

SELECT_ROWS = """
SELECT path, sensing_ms, files, source, grp, is_complete, newest_ms FROM $desired ORDER BY path
"""

#: Digests instead of chance: a second look takes the same tiles.
SELECT_SAMPLE = """
WITH turns AS (
  SELECT path, grp, row_number() OVER (PARTITION BY grp ORDER BY md5(path), path) AS turn
  FROM $desired WHERE is_complete
), chosen AS (
  SELECT path FROM turns ORDER BY turn, md5(coalesce(grp, '')), path LIMIT ?
)
SELECT path, sensing_ms, files, source, grp, is_complete, newest_ms FROM $desired SEMI JOIN chosen USING (path)
ORDER BY path
"""
