"""The path pattern language: which S3 keys are files of which tile, and at what time. Pure.

``compile_pattern`` reads the text of a pattern; ``PathPattern`` matches keys, formats paths and derives listing
prefixes; ``KeyMatcher`` matches many keys; ``Where`` narrows matches.
"""

from byocplan.model.pattern.key_matcher import KeyMatcher
from byocplan.model.pattern.path_pattern import PathPattern, compile_pattern
from byocplan.model.pattern.values import Field, Match, Miss
from byocplan.model.pattern.where import DateRange, Where, compile_wildcards, make_date_range

__all__ = [
    "DateRange",
    "Field",
    "KeyMatcher",
    "Match",
    "Miss",
    "PathPattern",
    "Where",
    "compile_pattern",
    "compile_wildcards",
    "make_date_range",
]
