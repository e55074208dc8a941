"""How desired and live tiles become verdicts, in the engine's language. Pure: texts only.

A verdict is one row for each live tile and for each desired tile that is not live: its action, its reason, where a
change comes from, and where to find both sides (``lr``, ``dr``: row numbers in the live and the desired table).
"""

from __future__ import annotations

CREATE_VERDICTS = """
CREATE TABLE $verdict (path VARCHAR, lr BIGINT, dr BIGINT, action VARCHAR, reason VARCHAR, also_reingest BOOLEAN,
  grp VARCHAR, sensing_ms BIGINT, origin VARCHAR)
"""

#: Long texts are compared by hashes of 64 bits, so that the join carries no text but paths; else a million tiles spill.
#: Of 10^19 texts that changed one passes for unchanged. MATERIALIZED keeps the hashing below the join.
#: A live tile without a cover that FAILED has shown none yet: nothing is known, so nothing differs. Once it is to be
#: read again, though, the cover asked for is sent along, for the one it has may be the default.
MAKE_MATCHES = """
CREATE TABLE $match AS
WITH l AS MATERIALIZED (
  SELECT rowid AS lr, path, status, sensing_ms, coalesce(started_ms, created_ms) AS begun_ms,
    CASE WHEN files IS NOT NULL THEN hash(files) END AS files, $live_cover AS cover
  FROM $live
), d AS MATERIALIZED (
  SELECT d.rowid AS dr, d.path, d.grp, d.is_complete, d.newest_ms, d.sensing_ms, r.sensing_managed = 1 AS time_asked,
    CASE WHEN r.reingest = 1 AND d.files IS NOT NULL THEN hash(d.files) END AS files, hash(c.text) AS cover,
    c.text IS NOT NULL AS cover_asked
  FROM $desired d JOIN $rule r ON r.source = d.source LEFT JOIN $cover c ON c.cover = d.cover
)
SELECT d.path, lr, dr, d.grp, d.is_complete,
  l.status IN ('WAITING', 'QUEUED', 'INGESTING') AS is_pending,
  l.status = 'FAILED' AS is_failed,
  l.status = 'FAILED' AND coalesce(d.newest_ms > l.begun_ms, FALSE) AS is_newer,
  CASE WHEN time_asked THEN d.sensing_ms ELSE l.sensing_ms END AS sensing_ms,
  time_asked AND d.sensing_ms IS DISTINCT FROM l.sensing_ms AS time_differs,
  cover_asked AND d.cover IS DISTINCT FROM l.cover AND (l.status <> 'FAILED' OR l.cover IS NOT NULL OR is_newer)
    AS cover_asks,
  l.status = 'INGESTED' AND coalesce(l.files <> d.files, FALSE) AS files_ask
FROM l JOIN d ON d.path = l.path
"""

#: What stands for ``$live_cover``: covers are long, and not read where nobody asks for one.
HASH_COVER, NO_COVER = "CASE WHEN cover IS NOT NULL THEN hash(cover) END", "NULL::UBIGINT"

SELECT_COVERS = """
SELECT m.lr, c.text, l.cover FROM $match m JOIN $live l ON l.rowid = m.lr JOIN $desired d ON d.rowid = m.dr
JOIN $rule r ON r.source = d.source JOIN $cover c ON c.cover = d.cover
WHERE m.cover_asks AND m.is_complete AND NOT m.is_pending
"""

CREATE_DIFFERING = "CREATE TABLE $differing (lr BIGINT)"
INSERT_DIFFERING = "INSERT INTO $differing SELECT lr FROM batch"

#: Only sources known on both sides are compared; what the service did not record is not guessed.
MAKE_CHANGED = """
CREATE TABLE $changed AS
WITH lf AS (
  SELECT m.lr, unnest(string_split(l.files, chr(10))) AS f FROM $match m JOIN $live l ON l.rowid = m.lr
  WHERE m.files_ask AND m.is_complete
), df AS (
  SELECT m.lr, unnest(string_split(d.files, chr(10))) AS f FROM $match m JOIN $desired d ON d.rowid = m.dr
  WHERE m.files_ask AND m.is_complete
), lp AS (
  SELECT lr, regexp_replace(f, '=[^=]*$$', '') AS source, regexp_extract(f, '[^=]*$$') AS etag FROM lf
), dp AS (
  SELECT lr, regexp_replace(f, '=[^=]*$$', '') AS source, regexp_extract(f, '[^=]*$$') AS etag FROM df
)
SELECT DISTINCT lp.lr FROM lp JOIN dp ON lp.lr = dp.lr AND (lp.source = dp.source OR dp.source = '')
WHERE lp.etag <> dp.etag
"""

JUDGE_MATCHES = """
INSERT INTO $verdict BY NAME
WITH known AS (
  SELECT m.*, x.lr IS NOT NULL AS cover_differs, time_differs OR cover_differs AS differs,
    n.lr IS NOT NULL AS is_changed
  FROM $match m LEFT JOIN $differing x ON x.lr = m.lr LEFT JOIN $changed n ON n.lr = m.lr
)
SELECT path, lr, dr, grp, sensing_ms,
  CASE WHEN is_pending THEN 'pending'
       WHEN NOT is_complete THEN CASE WHEN is_failed THEN 'failed' ELSE 'keep' END
       WHEN differs THEN 'update'
       WHEN is_changed OR is_newer THEN 'reingest'
       WHEN is_failed THEN 'failed'
       ELSE 'keep' END AS action,
  CASE WHEN is_pending THEN 'ingesting'
       WHEN NOT is_complete THEN 'file-missing'
       WHEN time_differs AND cover_differs THEN 'sensing-time-and-cover-geometry'
       WHEN time_differs THEN 'sensing-time'
       WHEN cover_differs THEN 'cover-geometry'
       WHEN is_changed THEN 'content-changed'
       WHEN is_newer THEN 'file-newer'
       WHEN is_failed THEN 'ingestion-failed'
       ELSE 'as-desired' END AS reason,
  is_complete AND NOT is_pending AND differs AND (is_changed OR is_newer) AS also_reingest,
  CASE WHEN differs THEN 'manifest' WHEN is_changed OR is_newer THEN 'bucket' END AS origin
FROM known
"""

SELECT_LIVE_ALONE = """
SELECT l.rowid, l.path, l.status, l.sensing_ms FROM $live l ANTI JOIN $match m ON m.lr = l.rowid
"""

INSERT_LIVE_ALONE = """
INSERT INTO $verdict SELECT path, lr, NULL, action, reason, FALSE, grp, sensing_ms, origin FROM batch
"""

#: ``$create_origins`` is a list: where the creates of each source come from.
JUDGE_DESIRED_ALONE = """
INSERT INTO $verdict BY NAME
SELECT d.path, d.rowid AS dr, CASE WHEN d.is_complete THEN 'create' ELSE 'incomplete' END AS action,
  CASE WHEN d.is_complete THEN ? ELSE 'file-missing' END AS reason, FALSE AS also_reingest, d.grp, d.sensing_ms,
  coalesce(($create_origins)[d.source + 1], 'manifest') AS origin
FROM $desired d ANTI JOIN $match m ON m.dr = d.rowid
"""

#: What is live of the tiles to write, read once: their covers are spread over all that is live.
MAKE_TOUCHED = """
CREATE TABLE $touched AS
SELECT v.lr, l.id, l.sensing_ms, l.started_ms,
  coalesce(l.cover_digest, '') AS cover_digest,
  coalesce(left(sha256(nullif(l.files, '')), $digest_length), '') AS files_digest,
  l.cover, CASE WHEN v.action = 'delete' THEN l.files END AS files
FROM $verdict v JOIN $live l ON l.rowid = v.lr WHERE v.action IN ('update', 'reingest', 'delete')
"""
