"""A sample of keys comes from all over a bucket, at few requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from byocplan.discovery.listing import ObjectPage
from byocplan.discovery.sampling import DEPTH, WIDTH, sample_keys, spread


@dataclass(slots=True)
class Tree:
    """Folders of ``fan`` folders, ``depth`` levels deep, with two files in each of the last."""

    fan: int
    depth: int
    asked: list[str] = field(default_factory=list)

    def iter_children(self, prefix: str) -> Iterator[ObjectPage]:
        self.asked.append(prefix)
        if prefix.count("/") == self.depth:
            yield make_level([prefix, f"{prefix}B02.tif", f"{prefix}B03.tif"], [])
        else:
            yield make_level([], [f"{prefix}{index:03}/" for index in range(self.fan)])


def make_level(keys: list[str], folders: list[str]) -> ObjectPage:
    return ObjectPage(keys, ["e"] * len(keys), [1] * len(keys), folders=folders)


def test_a_wide_and_deep_bucket_costs_a_bounded_number_of_requests() -> None:
    tree = Tree(200, 6)

    keys = sample_keys(tree, "")

    assert len(tree.asked) <= WIDTH * DEPTH
    assert len(keys) == 2 * WIDTH
    assert {keys[0][:4], keys[-1][:4]} == {"000/", "199/"}


def test_folder_markers_are_no_keys_and_a_bottomless_bucket_ends() -> None:
    assert sample_keys(Tree(1, 1), "") == ["000/B02.tif", "000/B03.tif"]
    assert sample_keys(Tree(2, 1000), "") == []


def test_a_spread_has_both_ends() -> None:
    assert spread(range(100), 3) == [0, 49, 99]
    assert spread([1, 2], 3) == [1, 2]
