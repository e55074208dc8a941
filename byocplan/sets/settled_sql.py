"""The settled record, and what it says of origins, in the engine's language. Pure: texts only.

``$settled`` stands for the rows of the record's file; ``$known`` for those of them that are about verdicts which do not
agree, of which there are few. Statements without such verdicts read no row of the record.
"""

from __future__ import annotations

#: A tile that is live and as desired, files that are to be read again apart: those are no part of the record.
AGREES = """(v.dr IS NOT NULL AND v.lr IS NOT NULL
  AND (v.action = 'reingest' OR (v.action = 'keep' AND v.reason = 'as-desired')
    OR (v.action = 'failed' AND v.reason = 'ingestion-failed')))"""

CREATE_KNOWN = "CREATE TABLE $known (path VARCHAR, is_timed BOOLEAN, sensing_ms BIGINT, cover VARCHAR)"

#: The few paths are looked for in the record's file, whatever its size.
FILL_KNOWN = """
INSERT INTO $known BY NAME
SELECT path, is_timed, sensing_ms, cover FROM read_parquet('$settled')
WHERE path IN (SELECT v.path FROM $verdict v WHERE NOT $agrees)
""".replace("$agrees", AGREES)

#: It was live as desired when last seen so, and is not live now.
TRACE_CREATES = """
UPDATE $verdict SET origin = 'live' WHERE action = 'create' AND path IN (SELECT path FROM $known)
"""

#: What is asked for now was asked for, and live, when last seen so.
TRACE_UPDATES = """
UPDATE $verdict SET origin = 'live' WHERE rowid IN (
  SELECT v.rowid FROM $verdict v JOIN $known k ON k.path = v.path JOIN $desired d ON d.rowid = v.dr
  JOIN $rule r ON r.source = d.source LEFT JOIN $cover c ON c.cover = d.cover
  WHERE v.action = 'update'
    AND (r.sensing_managed = 0 OR (k.is_timed AND k.sensing_ms IS NOT DISTINCT FROM d.sensing_ms))
    AND (c.text IS NULL OR k.cover IS NOT DISTINCT FROM md5(c.text))
)
"""

#: Nobody asked for it since the last look at all that is live.
TRACE_DELETES = """
UPDATE $verdict SET origin = 'live'
WHERE action = 'delete' AND origin = 'bucket' AND path NOT IN (SELECT path FROM $known)
"""

COUNT_ORIGINS = """
SELECT action, origin, count(*) FROM $verdict
WHERE origin IS NOT NULL AND action IN ('create', 'update', 'reingest', 'delete') GROUP BY 1, 2 ORDER BY 1, 2
"""

#: What the record says of the tiles that agree. Covers are few, tiles many.
_AGREEING = """
WITH asked AS (SELECT cover, md5(text) AS digest FROM $cover)
SELECT d.path, r.sensing_managed = 1 AS is_timed, CASE WHEN r.sensing_managed = 1 THEN d.sensing_ms END AS sensing_ms,
  a.digest AS cover
FROM $desired d JOIN $rule r ON r.source = d.source LEFT JOIN asked a ON a.cover = d.cover
WHERE d.rowid NOT IN (SELECT v.dr FROM $verdict v WHERE v.dr IS NOT NULL AND NOT $agrees)
""".replace("$agrees", AGREES)

#: The record after a look: tiles that agree as they are asked for, of the others what was known before.
_SEEN = "(($agreeing) UNION ALL SELECT * FROM $known)".replace("$agreeing", _AGREEING)

COUNT_PENDING = "SELECT count(*) FROM $verdict WHERE action = 'pending'"

#: The order of rows is of no account, and no path stands twice.
DIGEST = "SELECT count(*), coalesce(bit_xor(hash(path, is_timed, sensing_ms, cover)), 0) FROM $seen".replace(
    "$seen", _SEEN
)

_WRITE = """
COPY (SELECT * FROM $rows ORDER BY path) TO '$path' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {$name: '$header'})
"""
WRITE_SEEN = _WRITE.replace("$rows", _SEEN)

CREATE_APPLIED = """
CREATE TABLE $applied (path VARCHAR, is_timed BOOLEAN, sensing_ms BIGINT, cover VARCHAR, is_gone BOOLEAN)
"""
ADD_APPLIED = """
INSERT INTO $applied
SELECT path, is_timed = 1, CASE WHEN is_timed = 1 THEN sensing_ms END, md5(cover), is_gone = 1 FROM batch
"""
#: One row a path; of a tile that is deleted and one created at its path, the latter stays.
_AFTER = """
SELECT path, is_timed, sensing_ms, cover FROM $applied WHERE NOT is_gone
QUALIFY 1 = row_number() OVER (PARTITION BY path ORDER BY sensing_ms)
"""
_BEFORE = """
SELECT path, is_timed, sensing_ms, cover FROM read_parquet('$settled')
WHERE path NOT IN (SELECT path FROM $applied)
"""
_JOINED = "(($after) UNION ALL ($before))".replace("$after", _AFTER).replace("$before", _BEFORE)
WRITE_FIRST, WRITE_APPLIED = _WRITE.replace("$rows", f"({_AFTER})"), _WRITE.replace("$rows", _JOINED)

READ_HEADER = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?"
