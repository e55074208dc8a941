"""Plans as text: whole expected outputs of typical plans, and outputs that do not grow."""

from dataclasses import replace

from byocplan.model.change import Action, FieldChange, Reason, SetChange, TileAction
from byocplan.model.plan import CollectionPlan, Diagnostic, Estimate
from byocplan.model.rail import Rule
from byocplan.view.plan_text import render_plan
from byocplan.view.style import PLAIN, Style
from tests.support.plans import (
    make_change,
    make_keep,
    make_part,
    make_payload,
    make_plan,
    make_rail,
    make_retimed,
    make_sample,
    make_set,
)

FIRST_CREATE = """\
collection/s2  byoc-s2  (new)  bucket mosaics
  +  create collection   not live yet
     noData null   bands known after ingestion
  +  create         12,480   2024-06..2024-08   33/U 6,112 · 33/T 4,020 · 32/U 2,000 · 31/U 348
  !  incomplete          1   a band's file is missing   2019-11
       2019/11/27/28V/(BAND).tif  2019-11-27T00:00:00Z  B03

estimate  12,481 writes + 0 reads ≈ 21 min at 600 requests/min
Plan: 1 collection to create; 12,480 tiles to create, 0 to update, 0 to reingest, 0 to delete.   plan 9f3c1a…
Next:  byocplan apply
"""

EVERY_TILE_CHANGE = """\
collection/s2  byoc-s2  017aa0ae-33a6-45d3-8548-0f7d1041b40c  bucket mosaics
  live 1,192,085 tiles   INGESTED 99.98 %   FAILED 214   pending 21   unmanaged 41
  !  FAILED  200  bad JPEG
  !  FAILED  14  no overviews
  ~  update             36   sensingTime   2019-11
       2019/11/27/28V/(BAND).tif  2020-01-01T00:00:00Z → 2019-11-27T00:00:00Z  sensingTime
  ↻  reingest          118   files changed since ingestion   2019-11
  -  delete              2   files gone from the bucket   2019-11   28V 2
       2019/11/27/28V/(BAND).tif  2019-11-27T00:00:00Z  files gone from the bucket
       2019/11/27/31U/(BAND).tif  2019-11-27T00:00:00Z  files gone from the bucket
  ~  noData   null → 0

2 collections unchanged: live 300 tiles   FAILED 7
  !  FAILED  7  too big

Plan: 1 collection to update; 0 tiles to create, 36 to update, 118 to reingest, 2 to delete.   plan 9f3c1a…
Next:  byocplan apply
"""

RAILS_TRIPPED = """\
collection/s2  byoc-s2  017aa0ae-33a6-45d3-8548-0f7d1041b40c  bucket mosaics
  live 10,000 tiles   INGESTED 100 %
  -  delete          4,170   no longer asked for   2019-11   28V 4,170

Plan: 0 tiles to create, 0 to update, 0 to reingest, 4,170 to delete.   plan 9f3c1a…

Blocked by 2 rails; nothing was changed.
  deletes      collection/s2  4,170 of 10,000 owned tiles = 41.7 % > maxDeletePercent 10   manifests/s2.yaml:31
  scopeRemoved collection/s2  4,170 tiles are no longer asked for   manifests/s2.yaml:31
To go on:  byocplan apply --ack deletes@collection/s2=4170 --ack scopeRemoved@collection/s2=4170
"""

NO_CHANGES = """\
2 collections unchanged: live 1,192,086 tiles

No changes. Live state matches the manifests.
"""

REPLACE_DENIED = """\
collection/s2  byoc-s2  017aa0ae-33a6-45d3-8548-0f7d1041b40c  bucket mosaics
  live 10 tiles   INGESTED 100 %
  -/+  replace collection   the service refuses this change in place; it gets a new id, which its users have to change
  ~  bands.B02.bitDepth   16 -> 8   refused in place
  !  blocked: lifecycle.replace is deny

error: collection/s2: bands cannot be changed in place

Plan: 1 collection to replace; 0 tiles to create, 0 to update, 0 to reingest, 0 to delete.   plan 9f3c1a...

An apply would be blocked by 1 rail.
  replace collection/s2  a new id is needed   manifests/s2.yaml:31
No ack lifts replace: mend the cause above, then plan again.
"""


def make_full_part(name: str, count: int) -> CollectionPlan:
    """Return a collection with every kind of change, all of that count."""
    fields = [FieldChange(f"bands.B{number:02}.noData", None, 0) for number in range(30)]
    samples = [make_sample(f"2019/{number}/(BAND).tif", "file-gone") for number in range(9)]
    sets = [make_set(action, count, reasons={"file-gone": count}, samples=samples) for action in TileAction]
    causes = {f"cause {number}": count for number in range(20)}
    change = make_change(Action.REPLACE, name, fields=fields, payload=make_payload(), blocked="not so")
    return make_part(change, *sets, live=count, by_status={"INGESTED": 0, "FAILED": count}, by_cause=causes)


def test_a_first_create_shows_what_the_collection_gets_and_the_groups_of_its_tiles() -> None:
    tiles = make_set(
        TileAction.CREATE,
        12480,
        prefix={"33/U": 6112, "33/T": 4020, "32/U": 2000, "31/U": 348},
        month={"2024-06": 12000, "2024-08": 480},
        reasons={"not-live": 12480},
    )
    incomplete = make_set(TileAction.INCOMPLETE, 1, reasons={"file-missing": 1}, samples=[make_sample(reason="B03")])
    change = make_change(Action.CREATE, reason=Reason.NOT_LIVE, payload=make_payload(bands=None))

    text = render_plan(make_plan(make_part(change, tiles, incomplete), estimate=Estimate(12481, 0, 600)), Style())

    assert text == FIRST_CREATE


def test_updates_reingests_and_deletes_stand_with_reasons_and_samples() -> None:
    gone = [make_sample(reason="file-gone"), make_sample("2019/11/27/31U/(BAND).tif", "file-gone")]
    sets = [
        make_set(TileAction.UPDATE, 36, reasons={"sensing-time": 36}, samples=[make_retimed()]),
        make_set(TileAction.REINGEST, 118, reasons={"content-changed": 118}),
        make_set(TileAction.DELETE, 2, reasons={"file-gone": 2}, samples=gone),
        make_set(TileAction.UNMANAGED, 41),
    ]
    part = make_part(
        make_change(fields=[FieldChange("noData", None, 0)], payload=make_payload()),
        *sets,
        live=1192085,
        by_status={"INGESTED": 1191850, "FAILED": 214, "QUEUED": 21},
        by_cause={"no overviews": 14, "bad JPEG": 200},
    )
    ailing = make_part(make_change(Action.KEEP, "ailing"), live=7, by_status={"FAILED": 7}, by_cause={"too big": 7})

    assert render_plan(make_plan(part, make_keep("b", 293), ailing), Style()) == EVERY_TILE_CHANGE


def test_updates_say_which_of_the_two_differs_and_the_time_where_it_does() -> None:
    samples = [make_retimed(None, cover=True), make_sample(reason=Reason.COVER_GEOMETRY)]
    reasons = {"cover-geometry": 30, "sensing-time": 4, "sensing-time-and-cover-geometry": 2}
    update = make_set(TileAction.UPDATE, 36, reasons=reasons, samples=samples)

    lines = render_plan(make_plan(make_part(make_change(Action.KEEP), update, live=36)), PLAIN).splitlines()

    assert [line.strip() for line in lines[2:5]] == [
        "~  update             36   coverGeometry 30 | sensingTime 4 | sensingTime and coverGeometry 2   2019-11",
        "2019/11/27/28V/(BAND).tif  timeless -> 2019-11-27T00:00:00Z  sensingTime and coverGeometry",
        "2019/11/27/28V/(BAND).tif  2019-11-27T00:00:00Z  coverGeometry",
    ]


def test_tripped_rails_stand_last_with_what_to_type() -> None:
    removed = make_set(TileAction.DELETE, 4170, reasons={"scope-removed": 4170})
    part = make_part(make_change(Action.KEEP), removed, live=10000)
    rails = [
        make_rail(ack="deletes@collection/s2=4170"),
        make_rail(
            Rule.SCOPE_REMOVED,
            text="4,170 tiles are no longer asked for",
            ack="scopeRemoved@collection/s2=4170",
        ),
    ]

    assert render_plan(make_plan(part, rails=rails), Style(), for_apply=True) == RAILS_TRIPPED


def test_a_plan_without_changes_says_so_in_two_lines() -> None:
    assert render_plan(make_plan(make_keep("a"), make_keep("b", 1192085)), Style()) == NO_CHANGES


def test_a_denied_replace_names_the_field_and_offers_no_ack() -> None:
    field = FieldChange("bands.B02.bitDepth", 16, 8, is_immutable=True)
    change = make_change(
        Action.REPLACE, reason=Reason.IMMUTABLE_FIELD, fields=[field], blocked="lifecycle.replace is deny"
    )
    note = Diagnostic("error", "bands cannot be changed in place", change.address)
    rail = make_rail(Rule.REPLACE, text="a new id is needed")

    text = render_plan(make_plan(make_part(change, live=10), rails=[rail], notes=[note]), PLAIN)

    assert text == REPLACE_DENIED


def test_a_delete_says_how_many_tiles_go_and_a_forget_that_none_does() -> None:
    delete = make_part(make_change(Action.DELETE, "a", reason=Reason.NOT_IN_MANIFEST), live=1234)
    forget = make_part(make_change(Action.FORGET, "b", reason=Reason.RETAINED), live=5)

    text = render_plan(make_plan(delete, forget), Style())

    assert "-  delete collection   no longer in the manifests; all its 1,234 live tiles go with it\n" in text
    assert "×  forget collection   onRemove: retain\n" in text
    assert "Plan: 1 collection to delete, 1 to forget; 0 tiles to create" in text


def test_an_adopted_collection_is_told_apart_from_a_changed_tile() -> None:
    part = make_part(make_change(Action.ADOPT, fields=[FieldChange("noData", None, 0)]), live=5)

    text = render_plan(make_plan(part), Style())

    assert "→  adopt collection   its fields differ\n" in text
    assert "~  noData   null → 0\n" in text


def test_ten_samples_of_deletes_are_cut_to_five() -> None:
    samples = [make_sample(f"gone-{number}.tif") for number in range(10)]
    part = make_part(make_change(Action.KEEP), make_set(TileAction.DELETE, 10, samples=samples), live=20)

    text = render_plan(make_plan(part), Style())

    assert [number for number in range(10) if f"gone-{number}.tif" in text] == [0, 1, 2, 3, 4]


def test_months_that_do_not_hold_all_tiles_are_not_shown_as_a_range() -> None:
    tiles = SetChange(TileAction.CREATE, 100, {"month": {"2019-11": 40, "2020-01": 30}})

    text = render_plan(make_plan(make_part(make_change(Action.CREATE), tiles)), Style())

    assert "2019-11 40 · 2020-01 30 · others 30" in text


def test_timeless_tiles_stand_beside_the_months() -> None:
    some = make_set(TileAction.CREATE, 9, month={"2019-11": 4, "timeless": 5})
    every = make_set(TileAction.CREATE, 9, month={"timeless": 9})

    texts = [render_plan(make_plan(make_part(make_change(Action.CREATE), each)), Style()) for each in (some, every)]

    assert "9   2019-11 · timeless 5   28V 9" in texts[0]
    assert "9   timeless   28V 9" in texts[1]


def test_an_acked_rail_and_an_incomplete_plan_are_told() -> None:
    plan = make_plan(make_keep(), rails=[make_rail(acked_by="manifests/s2.yaml:40")], is_complete=False)

    text = render_plan(plan, Style())

    assert "acked: collection/s2: deletes, 4,170 of 10,000" in text
    assert "(manifests/s2.yaml:40)" in text
    assert "note: removed collections were not looked for" in text
    assert "Blocked" not in text


def test_a_plan_without_changes_that_rails_hold_back_does_not_claim_to_match() -> None:
    rail = make_rail(Rule.SOURCE_INCOMPLETE, text="deletes are off", ack="")

    text = render_plan(make_plan(make_keep(), rails=[rail]), Style())

    assert "matches the manifests" not in text
    assert "No ack lifts sourceIncomplete" in text


def test_the_next_step_is_the_callers_and_missing_where_nothing_can_be_applied() -> None:
    part = make_part(make_change(Action.CREATE))

    assert "Next:  byocplan apply x.yaml\n" in render_plan(make_plan(part), Style(), next_step="byocplan apply x.yaml")
    assert "Next:" not in render_plan(make_plan(part, rails=[make_rail()]), Style())
    assert "Next:" not in render_plan(make_plan(part), Style(), for_apply=True)


def test_a_million_tiles_take_as_many_lines_as_one() -> None:
    one, million = (
        render_plan(make_plan(make_full_part("s2", count), estimate=Estimate(count, count, 600)), Style())
        for count in (1, 1_000_000)
    )

    assert one.count("\n") == million.count("\n")
    assert max(map(len, million.splitlines())) < 160


def test_three_and_five_hundred_collections_stay_under_eighty_lines() -> None:
    for count in (3, 500):
        parts = [make_full_part(f"c{number:03}", 1_000_000) for number in range(count)]
        rails = [make_rail(name=f"c{number:03}", ack=f"deletes@collection/c{number:03}=9") for number in range(count)]
        notes = [Diagnostic("warning", f"note {number}") for number in range(count)]

        text = render_plan(make_plan(*parts, make_keep(), rails=rails, notes=notes), Style())

        assert text.count("\n") <= 80


def test_of_very_many_collections_the_dangerous_ones_are_shown_in_full() -> None:
    creates = [make_part(make_change(Action.CREATE, f"a{number:03}"), live=0) for number in range(200)]
    delete = make_part(make_change(Action.DELETE, "zz"), live=3)

    text = render_plan(make_plan(*creates, delete), Style())

    assert text.startswith("collection/zz")
    assert "more collections with changes" in text


def test_colour_wraps_the_same_text() -> None:
    plan = make_plan(make_full_part("s2", 3), rails=[make_rail(ack="deletes@collection/s2=3")])

    coloured = render_plan(plan, Style(color=True))

    assert "\x1b[31m" in coloured
    stripped = coloured
    for code in ("0", "1", "2", "31", "32", "33", "35", "36"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == render_plan(plan, Style(color=False))


def test_the_plain_style_writes_ascii_only() -> None:
    parts = [make_part(make_change(action, action.value, fields=[FieldChange("noData", None, 0)])) for action in Action]
    plan = make_plan(*parts, make_full_part("s2", 3), rails=[make_rail()], estimate=Estimate(1, 1, 600))

    assert render_plan(plan, PLAIN).isascii()


def test_moves_and_proofs_are_told() -> None:
    part = replace(make_part(make_keep("s2").change, make_set(TileAction.DELETE, 2), live=9), moves=2)
    proof = replace(make_rail(Rule.EVIDENCE, text="every file of 2 tiles to delete answers 404"), tripped=False)

    text = render_plan(make_plan(part, rails=[proof]), PLAIN)

    assert "   2 moves: deleted and created with the same files at another path\n" in text
    assert "proven: collection/s2: every file of 2 tiles to delete answers 404\n" in text
