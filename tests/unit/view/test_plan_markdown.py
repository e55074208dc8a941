"""Plans as Markdown: whole expected outputs, the cut at every host's limit, and what a host makes of hostile text."""

import json
import re

import pytest
from markdown_it import MarkdownIt

from byocplan.model.address import Address
from byocplan.model.change import Action, FieldChange, Reason, TileAction
from byocplan.model.plan import Diagnostic, Estimate, Plan
from byocplan.model.rail import Rule
from byocplan.view.cut import count_units
from byocplan.view.plan_markdown import HOSTS, Host, render_plan_markdown
from tests.support.plans import (
    HASH,
    make_change,
    make_keep,
    make_part,
    make_plan,
    make_rail,
    make_retimed,
    make_sample,
    make_set,
)
from tests.unit.view.test_hostile_text import HOSTILE, make_hostile_plan

MARKER = (
    f'<!-- byocplan:{{"project":"mosaics","plan_hash":"{HASH}","guard_hash":"{HASH[::-1]}","truncated":false}} -->\n'
)
END = f"plan `{HASH}` · guard `{HASH[::-1]}`\n"

DELETES = """\
### byocplan: 0 tiles to create, 0 to update, 0 to reingest, 4,170 to delete.

Project `mosaics` on `aws-eu-central-1`.

#### Blocked by 1 rail

| rail | collection | measured | limit set in |
| --- | --- | --- | --- |
| deletes | `collection/s2` | 4,170 of 10,000 owned tiles = 41.7 % > maxDeletePercent 10 | `manifests/s2.yaml:31` |

If that is meant: `byocplan apply --ack deletes@collection/s2=4170`

#### Deletes 4,170 tiles

| collection | tiles | why | sensed | largest groups |
| --- | ---: | --- | --- | --- |
| `collection/s2` | 4,170 | files gone from the bucket | 2019-11 | `28V 4,170` |

For example:

| path | sensed | why |
| --- | --- | --- |
| `2019/11/27/28V/(BAND).tif` | 2019-11-27T00:00:00Z | files gone from the bucket |

#### Tiles by collection

| collection | itself | create | update | reingest | delete | live |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `collection/s2` |  | 0 | 0 | 0 | 4,170 | 10,000 |

"""

CREATES = """\
### byocplan: 1 collection to update; 12,480 tiles to create, 0 to update, 0 to reingest, 0 to delete.

Project `mosaics` on `aws-eu-central-1`. Estimate: 12,481 requests, 21 min.

#### Tiles by collection

| collection | itself | create | update | reingest | delete | failed | live |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| `collection/s2` | update | 12,480 | 0 | 0 | 0 | 14 | 99 |

1 collection unchanged, with 300 live tiles.

#### Fields of collections

| collection | field | before | after |
| --- | --- | --- | --- |
| `collection/s2` | `noData` | `null` | `0` |

<details><summary>Groups</summary>

| collection | action | tiles | why | sensed | largest groups |
| --- | --- | ---: | --- | --- | --- |
| `collection/s2` | create | 12,480 | not live yet | 2019-11 | `33/U 12,480` |
| `collection/s2` | failed | 14 | ingestion failed | 2019-11 | `28V 14` |

</details>

<details><summary>Samples</summary>

| action | path | sensed | why |
| --- | --- | --- | --- |
| create | `2019/11/27/28V/(BAND).tif` | 2019-11-27T00:00:00Z | not live yet |

</details>

#### FAILED tiles by cause

| collection | tiles | cause |
| --- | ---: | --- |
| `collection/s2` | 14 | `bad \\| JPEG` |

#### Notes

- keys were left over: 3
- Removed collections were not looked for: this plan covers a part of the project.

"""

REPLACED = """\
### byocplan: 1 collection to replace; 0 tiles to create, 0 to update, 0 to reingest, 0 to delete.

Project `mosaics` on `aws-eu-central-1`.

#### Errors

- `collection/s2`: the bucket cannot be listed

#### Blocked by 1 rail

| rail | collection | measured | limit set in |
| --- | --- | --- | --- |
| replace | `collection/s2` | bands cannot be changed in place | `manifests/s2.yaml:31` |

No ack lifts replace: mend the cause, then plan again.

#### Collections replaced, deleted, forgotten or blocked

| collection | action | live tiles | why |
| --- | --- | ---: | --- |
| `collection/s2` | replace | 10 | lifecycle.replace is deny |

#### Tiles by collection

| collection | itself | create | update | reingest | delete | live |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `collection/s2` | replace | 0 | 0 | 0 | 0 | 10 |

#### Fields of collections

| collection | field | before | after |
| --- | --- | --- | --- |
| `collection/s2` | `bands.B02.bitDepth` (refused in place) | `16` | `8` |

#### Notes

- acked: `collection/s2`: deletes, 4,170 of 10,000 owned tiles = 41.7 % > maxDeletePercent 10 (--ack)

"""


def make_deletes() -> Plan:
    sets = make_set(
        TileAction.DELETE, 4170, reasons={"file-gone": 4170}, samples=[make_sample(reason=Reason.FILE_GONE)]
    )
    part = make_part(make_change(Action.KEEP), sets, live=10_000)
    return make_plan(part, rails=[make_rail(ack="deletes@collection/s2=4170")])


def make_creates() -> Plan:
    create = make_set(
        TileAction.CREATE,
        12_480,
        prefix={"33/U": 12_480},
        reasons={"not-live": 12_480},
        samples=[make_sample(reason="not-live")],
    )
    failed = make_set(TileAction.FAILED, 14, reasons={"ingestion-failed": 14})
    change = make_change(fields=[FieldChange("noData", None, 0.0)])
    return make_plan(
        make_part(change, create, failed, live=99, by_cause={"bad | JPEG": 14}),
        make_keep("other", 300),
        notes=[Diagnostic("warning", "keys were left over: 3")],
        estimate=Estimate(12_481, 0, 600),
        is_complete=False,
    )


def make_replaced() -> Plan:
    field = FieldChange("bands.B02.bitDepth", 16, 8, is_immutable=True)
    change = make_change(Action.REPLACE, fields=[field], blocked="lifecycle.replace is deny")
    rails = [make_rail(Rule.REPLACE, text="bands cannot be changed in place"), make_rail(acked_by="--ack")]
    note = Diagnostic("error", "the bucket cannot be listed", Address("collection/s2"))
    return make_plan(make_part(change, live=10), rails=rails, notes=[note])


def make_large(collections: int) -> Plan:
    samples = [make_sample("\U0001f6f0" * 150) for _ in range(5)]
    parts = [
        make_part(make_change(name=f"c{number:05}"), make_set(TileAction.CREATE, 9, samples=samples))
        for number in range(collections)
    ]
    return make_plan(*parts, rails=[make_rail(name="c00000")])


def render(plan: Plan, preset: str = "github") -> str:
    return render_plan_markdown(plan, HOSTS[preset])


@pytest.mark.parametrize(
    ("plan", "shown"), [(make_deletes(), DELETES), (make_creates(), CREATES), (make_replaced(), REPLACED)]
)
def test_a_plan_reads_like_this(plan: Plan, shown: str) -> None:
    assert render(plan) == MARKER + shown + END


def test_samples_of_updates_say_the_time_before_and_after() -> None:
    update = make_set(TileAction.UPDATE, 1, reasons={"sensing-time": 1}, samples=[make_retimed()])

    text = render(make_plan(make_part(make_change(Action.KEEP), update, live=1)))

    sample = "`2019/11/27/28V/(BAND).tif` | 2020-01-01T00:00:00Z → 2019-11-27T00:00:00Z | sensingTime |"
    assert f"| update | {sample}\n" in text
    assert "| `collection/s2` | update | 1 | sensingTime | 2019-11 | `28V 1` |\n" in text


def test_nothing_to_do_is_said_in_one_line() -> None:
    lines = render(make_plan(make_keep())).splitlines()

    assert lines[1] == "### byocplan: No changes. Live state matches the manifests."
    assert len(lines) == 8


def test_hosts_without_folds_get_headings() -> None:
    shown = render(make_creates(), "bitbucket")

    assert "<details>" not in shown
    assert "#### Samples" in shown


@pytest.mark.parametrize("preset", HOSTS)
def test_a_plan_that_is_too_long_is_cut_to_the_limit_and_says_so(preset: str) -> None:
    shown = render(make_large(6000), preset)

    limit = HOSTS[preset].limit
    assert limit - 1000 < count_units(shown) <= limit
    assert json.loads(shown.splitlines()[0].removeprefix("<!-- byocplan:").removesuffix(" -->"))["truncated"] is True
    assert f"**Cut here**: a comment may have {limit:,} characters." in shown
    assert "#### Blocked by 1 rail" in shown
    assert shown.endswith(END)


@pytest.mark.parametrize("limit", range(460, 3600, 7))
def test_whatever_the_limit_the_document_fits_and_is_closed(limit: int) -> None:
    plan = make_creates()

    shown = render_plan_markdown(plan, Host(limit))

    is_whole = count_units(render(plan)) <= limit
    assert count_units(shown) <= limit
    assert shown.count("<details>") == shown.count("</details>")
    assert ('"truncated":false' in shown) is is_whole
    assert ("**Cut here**" in shown) is not is_whole


OBEYED = [
    "a|b", "a\\|b", "a\\", "`", "``a`", "` `", "*a* _b_", "<img src=x onerror=alert(1)>", "<!-- x", "--> <b>x</b>", "</details>",
    "@everyone", "#123", "owner/repo#1", "GH-12", "![](http://x/y.png)", "[a](javascript:alert(1))", "[a]: http://x",
    "http://evil.example", "www.evil.example", "a@b.example", "deadbeefcafe", "- [ ] x", "1. x", "# x", "> x", "    x", "---", "| --- |",
    "&lt;b&gt;", "\\`x\\`", "$x$", "{{ x }}", ":tada:", "!1 ~bug %2 &3", "::warning::x", "##[error]x", "  ",
]  # fmt: skip


@pytest.mark.parametrize("text", [*OBEYED, *HOSTILE])
def test_no_host_finds_anything_in_hostile_text(text: str) -> None:
    shown = render(make_hostile_plan(text))
    reader = MarkdownIt("gfm-like", {"linkify": False})

    tokens = reader.parse(shown)

    inline = [child for token in tokens for child in token.children or []]
    kinds = {token.type for token in [*tokens, *inline]}
    assert kinds <= KINDS, kinds - KINDS
    prose = "".join(child.content for child in inline if child.type == "text")
    assert not re.search(r"[@#<\[\]!$]|http|www\.|javascript", prose), prose
    html = [token.content for token in tokens if token.type == "html_block"]
    assert all(re.fullmatch(OWN_HTML, each) for each in html), html
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]


@pytest.mark.parametrize("text", OBEYED)
def test_hostile_text_adds_no_cell_and_no_line(text: str) -> None:
    def count(hostile: str) -> list[int]:
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(render(make_hostile_plan(hostile)))
        return [sum(token.type == kind for token in tokens) for kind in ("td_open", "tr_open", "list_item_open")]

    assert count(text) == count("harmless")


KINDS = {
    *("html_block", "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak"),
    *("code_inline", "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "em_open", "em_close"),
    *(f"{name}_{end}" for name in ("table", "thead", "tbody", "tr", "th", "td", "strong") for end in ("open", "close")),
}  # fmt: skip
OWN_HTML = r"<!-- byocplan:[^<>\n]* -->\n|<details><summary>\w+</summary>\n|</details>\n"
