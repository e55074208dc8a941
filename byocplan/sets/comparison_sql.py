"""Counts, samples, digests and members of verdicts, in the engine's language. Pure: texts only."""

from __future__ import annotations

COUNT_REASONS = """
SELECT action, reason, count(*) AS tiles FROM $verdict GROUP BY 1, 2 ORDER BY action, tiles DESC, reason
"""

COUNT_PREFIXES = """
SELECT action, coalesce(grp, '') AS name, count(*) AS tiles FROM $verdict GROUP BY 1, 2
QUALIFY row_number() OVER (PARTITION BY action ORDER BY tiles DESC, name) <= ?
ORDER BY action, tiles DESC, name
"""

#: Days are few, tiles many: months are named day by day.
COUNT_MONTHS = """
WITH days AS (SELECT action, floor(sensing_ms / 86400000)::BIGINT AS day, count(*) AS tiles FROM $verdict GROUP BY 1, 2)
SELECT action, coalesce(strftime(make_timestamp(day * 86400000000), '%Y-%m'), 'timeless') AS name,
  sum(tiles)::BIGINT AS tiles
FROM days GROUP BY 1, 2
QUALIFY row_number() OVER (PARTITION BY action ORDER BY sum(days.tiles) DESC, name) <= ?
ORDER BY action, tiles DESC, name
"""

#: The few are chosen first: all that is touched is not looked up for them.
SELECT_SAMPLES = """
WITH few AS MATERIALIZED (
  SELECT path, sensing_ms, reason, lr FROM $verdict WHERE action = ? ORDER BY path, lr LIMIT ?
)
SELECT f.path, f.sensing_ms, f.reason, l.sensing_ms FROM few f
LEFT JOIN (SELECT lr, sensing_ms FROM $touched WHERE lr IN (SELECT lr FROM few)) l ON l.lr = f.lr
ORDER BY f.path, f.lr
"""

COUNT_OWNED = "SELECT count(*) FROM $verdict WHERE lr IS NOT NULL AND action <> 'unmanaged'"

COUNT_REASON = "SELECT count(*) FROM $verdict WHERE action = ? AND reason = ?"

#: What the manifest asks of each tile, hashed; sorted by that hash, so that no other order counts.
SELECT_LEAVES = """
SELECT sha256(sha256(v.path)
  || CASE WHEN r.sensing_managed = 1 THEN coalesce(d.sensing_ms::VARCHAR, 'timeless') ELSE 'live' END
  || coalesce(sha256(c.text), 'live')) AS leaf
FROM $verdict v LEFT JOIN $desired d ON d.rowid = v.dr LEFT JOIN $rule r ON r.source = d.source
LEFT JOIN $cover c ON c.cover = d.cover
WHERE v.action = ? AND (v.also_reingest OR NOT ?)
ORDER BY leaf
"""

_SELECT_MEMBERS = """
SELECT v.path, v.reason, l.id, CASE WHEN r.sensing_managed = 1 THEN d.sensing_ms ELSE l.sensing_ms END AS sensing_ms,
  coalesce(r.sensing_managed = 1, FALSE), coalesce(c.text, l.cover), c.text IS NOT NULL, v.also_reingest,
  coalesce(v.grp, ''), coalesce(v.origin, 'manifest'), v.lr IS NOT NULL, l.sensing_ms, l.cover_digest,
  l.files_digest, l.started_ms
FROM $verdict v LEFT JOIN $touched l ON l.lr = v.lr LEFT JOIN $desired d ON d.rowid = v.dr
LEFT JOIN $rule r ON r.source = d.source LEFT JOIN $cover c ON c.cover = d.cover
WHERE v.action = ?
"""

SELECT_BY_TIME = _SELECT_MEMBERS + "ORDER BY sensing_ms NULLS FIRST, v.path, v.lr"
SELECT_BY_PATH = _SELECT_MEMBERS + "ORDER BY v.path, v.lr"

#: The same of tiles to which nothing is done.
_AS_LIVE = """(
  SELECT rowid AS lr, id, sensing_ms, started_ms, coalesce(cover_digest, '') AS cover_digest, '' AS files_digest, cover
  FROM $live
) l"""
SELECT_UNTOUCHED = SELECT_BY_PATH.replace("$touched l", _AS_LIVE)

#: Covers that an update has to send back as they are, shorter ones apart: a position takes five characters at least.
SELECT_RESENT_COVERS = """
SELECT v.path, l.cover FROM $verdict v JOIN $touched l ON l.lr = v.lr JOIN $desired d ON d.rowid = v.dr
JOIN $rule r ON r.source = d.source WHERE v.action = 'update' AND d.cover IS NULL AND length(l.cover) > ?
ORDER BY v.path, v.lr
"""

#: Groups of enough owned live tiles of which nearly all would be deleted.
SELECT_VANISHING = """
WITH counted AS (
  SELECT coalesce(grp, '') AS name, count(*) FILTER (action = 'delete') AS deletes, count(*) AS tiles
  FROM $verdict WHERE lr IS NOT NULL AND action <> 'unmanaged' GROUP BY 1
)
SELECT name, deletes, tiles, count(*) OVER () FROM counted WHERE tiles >= ? AND deletes * 100 >= tiles * ?
ORDER BY deletes DESC, name LIMIT ?
"""

COUNT_ALSO_REINGEST = "SELECT count(*) FROM $verdict WHERE action = 'update' AND also_reingest"

#: In an order that depends on the seed and the paths alone, so that the first ones are a sample.
SELECT_DOOMED = """
SELECT v.path, l.files FROM $verdict v JOIN $touched l ON l.lr = v.lr WHERE v.action = 'delete' AND v.reason = ?
ORDER BY sha256(? || v.path), v.lr LIMIT ?
"""

#: Pairs of a tile to delete and one to create whose files agree, each tile in one pair at most.
COUNT_MOVES = """
WITH gone AS (
  SELECT hash(files) AS files, count(*) AS tiles FROM $touched WHERE files IS NOT NULL GROUP BY 1
), come AS (
  SELECT hash(d.files) AS files, count(*) AS tiles FROM $verdict v JOIN $desired d ON d.rowid = v.dr
  WHERE v.action = 'create' AND d.files IS NOT NULL AND hash(d.files) IN (SELECT files FROM gone) GROUP BY 1
)
SELECT sum(least(gone.tiles, come.tiles)) FROM gone JOIN come USING (files)
"""
