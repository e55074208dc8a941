"""Whole tile sets as columns for tables, in the engine's language. Pure: texts only."""

from __future__ import annotations

SELECT_LIVE = """
SELECT id, path, status, make_timestamp(sensing_ms * 1000) AS "sensingTime",
  make_timestamp(created_ms * 1000) AS created, cause $cover
FROM $live ORDER BY path, id
"""
LIVE_COVER = ", cover"
#: The same for files, which have instants.
WRITTEN_LIVE = """
SELECT id, path, status, make_timestamp(sensing_ms * 1000) AT TIME ZONE 'UTC' AS "sensingTime",
  make_timestamp(created_ms * 1000) AT TIME ZONE 'UTC' AS created, cause, geometry
FROM $tiles ORDER BY path, id
"""

SELECT_CHANGES = """
SELECT v.action, v.reason, v.path, coalesce(v.grp, '') AS "group", make_timestamp(v.sensing_ms * 1000) AS "sensingTime",
  make_timestamp(l.sensing_ms * 1000) AS "liveSensingTime", l.id, coalesce(v.also_reingest, FALSE) AS "alsoReingest"
  $chosen_cover
FROM $verdict v LEFT JOIN (SELECT rowid AS lr, id, sensing_ms, cover FROM $live) l ON l.lr = v.lr
LEFT JOIN $desired d ON d.rowid = v.dr LEFT JOIN $cover c ON c.cover = d.cover
WHERE list_contains(?, v.action) ORDER BY list_position(?, v.action), v.path, v.lr
"""
#: The cover asked for goes before the live one.
CHOSEN_COVER = ", coalesce(c.text, l.cover) AS cover"

#: In an order that looks like chance, so that the first ones are spread over all.
SELECT_COVERS = """
SELECT cover FROM (
  SELECT coalesce(c.text, l.cover) AS cover FROM $verdict v LEFT JOIN $touched l ON l.lr = v.lr
  LEFT JOIN $desired d ON d.rowid = v.dr LEFT JOIN $cover c ON c.cover = d.cover WHERE v.action = ?
) WHERE cover IS NOT NULL GROUP BY cover ORDER BY md5(cover), cover LIMIT ?
"""
