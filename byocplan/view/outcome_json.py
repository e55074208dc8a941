"""An outcome in, JSON out, in the shape of ``schemas/v1/outcome.schema.json``. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.view.json_text import FORMAT_VERSION, encode_json
from byocplan.view.plan_json import make_rail

if TYPE_CHECKING:
    from byocplan.model.outcome import Outcome, Refused


def render_outcome_json(outcome: Outcome) -> str:
    """Return the outcome as JSON."""
    return encode_json(make_outcome_document(outcome))


def make_outcome_document(outcome: Outcome) -> dict[str, object]:
    """Return the outcome as JSON values, keys in the order they are printed."""
    return {
        "format_version": FORMAT_VERSION,
        "applied": dict(outcome.applied),
        "satisfied": outcome.satisfied,
        "conflict": outcome.conflict,
        "failed": outcome.failed,
        "skipped": outcome.skipped,
        "errors": dict(outcome.errors),
        "ingested": outcome.ingested,
        "pending": outcome.pending,
        "ingestion_failed": outcome.ingestion_failed,
        "by_cause": dict(outcome.by_cause),
        "examples": dict(outcome.examples),
        "outputs": {
            address: {"id": value, "collection": f"byoc-{value}"} for address, value in sorted(outcome.outputs.items())
        },
        "waited": outcome.is_waited,
        "stopped": outcome.is_stopped,
        "stopped_by": outcome.stopped_by,
        "signal": outcome.signal,
        "requests": outcome.requests,
        "elapsed_s": round(outcome.elapsed_s, 3),
        "exit_code": outcome.exit_code,
        "refused": None if outcome.refused is None else _make_refused(outcome.refused),
    }


def _make_refused(refused: Refused) -> dict[str, object]:
    return {
        "reason": refused.reason.value,
        "text": refused.text,
        "rails": [make_rail(rail) for rail in refused.rails],
    }
