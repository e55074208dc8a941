"""How verdicts that are not selected are set aside, in the engine's language. Pure: texts only.

A live tile keeps a class, that of a tile to which nothing is done; a tile that is not live leaves no verdict.
``$actions``, ``$origins`` and ``$statuses`` are lists of names in quotes, from our own enumerations.
"""

from __future__ import annotations

RETRY_FAILED = """
UPDATE $verdict SET action = 'reingest', origin = 'bucket'
WHERE action = 'failed' AND reason = 'ingestion-failed' AND dr IS NOT NULL
"""

#: Where only the files of a tile to update are asked for.
REINGEST_ALONE = """
UPDATE $verdict SET action = 'reingest', reason = 'content-changed', also_reingest = FALSE, origin = 'bucket'
WHERE action = 'update' AND also_reingest
"""

UPDATE_ALONE = "UPDATE $verdict SET also_reingest = FALSE WHERE also_reingest"

CREATE_LEFT_OUT = """
CREATE TABLE $left_out AS
SELECT v.rowid AS vr, v.action FROM $verdict v LEFT JOIN $live l ON l.rowid = v.lr
WHERE v.action IN ('create', 'update', 'reingest', 'delete')
  AND (v.action NOT IN ($actions) OR v.origin NOT IN ($origins)
    OR ($has_statuses AND coalesce(l.status, '') NOT IN ($statuses)))
"""

COUNT_LEFT_OUT = "SELECT action, count(*) FROM $left_out GROUP BY 1 ORDER BY 1"

DROP_NOT_LIVE = "DELETE FROM $verdict WHERE lr IS NULL AND rowid IN (SELECT vr FROM $left_out)"

KEEP_LIVE = """
UPDATE $verdict SET action = 'keep', reason = 'not-selected', also_reingest = FALSE
WHERE lr IS NOT NULL AND rowid IN (SELECT vr FROM $left_out)
"""
