"""The text of ``byocplan.lock.yaml``: bindings of one project, by deployment. Text in, values out, and back. Pure.

The file ends with YAML's end mark ``...``: one that was cut off is told from one that holds less.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from byocplan.errors import ByocplanError, StateError
from byocplan.model.address import Address
from byocplan.model.binding import Binding, Bindings
from byocplan.model.collection import OnRemove
from byocplan.model.scope_form import ScopeForm, encode_scope, make_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
END = "..."
HEADER = """\
# What byocplan has created or taken over: which live collection each address stands for, and what its sources own.
# Written by `byocplan apply`. Commit it with the manifests; do not edit it by hand.
"""
MEND = "restore it from Git, or from .byocplan/byocplan.lock.backup.yaml, and run again"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # chosen at run time
    """A safe loader that refuses a key given twice, as a careless merge leaves it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        plain: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return plain


class BindingForm(msgspec.Struct, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """A binding as it is kept."""

    id: str
    name: str
    s3_bucket: str
    account_id: str | None = None
    prevent_destroy: bool = False
    on_remove: OnRemove = OnRemove.DELETE
    labels: dict[str, str] = {}
    serial: int = 1
    asked: dict[str, str] = {}
    scopes: list[ScopeForm] = []


class DeploymentForm(msgspec.Struct, forbid_unknown_fields=True):
    """The bindings of one deployment."""

    serial: int
    bindings: dict[str, BindingForm] = {}


class LockForm(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file. ``deployments`` are keyed by what tells one from another: their base URL.

    ``lease`` is the id of the last lease on a state in S3: taking a lease changes the ETag that a write goes by.
    """

    version: int
    project: str
    lineage: str
    deployments: dict[str, DeploymentForm] = {}
    lease: str | msgspec.UnsetType = msgspec.UNSET


def decode_lock(content: bytes, where: str, project: str, mend: str = MEND) -> LockForm:
    """Return the file's form. Raises StateError when it is damaged, newer, or of another project."""
    plain = _load(content, where, mend)
    version = plain.get("version")
    if isinstance(version, int) and version > VERSION:
        raise StateError(where, f"has version {version}, this byocplan reads up to {VERSION}", "upgrade byocplan")
    try:
        form = msgspec.convert(plain, LockForm)
    except msgspec.ValidationError as error:
        raise StateError(where, f"is not a lock file of byocplan ({error})", mend) from error
    if form.version != VERSION:
        raise StateError(where, f"has version {form.version}, which there is not", mend)
    if form.project != project:
        what = f"belongs to the project {form.project!r}, not to {project!r}"
        raise StateError(where, what, "run in the folder of that project, or move the file away if it was copied here")
    return form


def encode_lock(form: LockForm, header: str = HEADER) -> bytes:
    """Return the text of the file, in order of address."""
    plain: dict[str, Any] = msgspec.to_builtins(form)
    for part in plain["deployments"].values():
        part["bindings"] = dict(sorted(part["bindings"].items()))
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(plain, Dumper=dumper, sort_keys=False, allow_unicode=True, explicit_end=True, width=120)
    return (header + text).encode()


def get_bindings(form: LockForm, deployment: str, where: str) -> Bindings:
    """Return the bindings of one deployment; none are kept yet for one that the file does not name."""
    part = form.deployments.get(deployment, DeploymentForm(0))
    by_address = {
        Address(address): _make_binding(Address(address), binding, deployment, where)
        for address, binding in part.bindings.items()
    }
    return Bindings(form.project, deployment, form.lineage, part.serial, by_address)


def put_bindings(form: LockForm | None, bindings: Bindings) -> LockForm:
    """Return the form with the bindings of one deployment replaced; the other deployments stay as they are."""
    lineage = (form.lineage if form else "") or bindings.lineage or str(uuid.uuid4())
    others = form.deployments if form else {}
    forms = {str(address): _make_form(binding) for address, binding in bindings.by_address.items()}
    part = DeploymentForm(bindings.serial, forms)
    lease = form.lease if form else msgspec.UNSET
    return LockForm(VERSION, bindings.project, lineage, {**others, bindings.deployment: part}, lease)


def _make_form(binding: Binding) -> BindingForm:
    return BindingForm(
        id=binding.id,
        name=binding.name,
        s3_bucket=binding.s3_bucket,
        account_id=binding.account_id,
        prevent_destroy=binding.prevent_destroy,
        on_remove=binding.on_remove,
        labels=dict(sorted(binding.labels.items())),
        serial=binding.serial,
        asked=dict(sorted(binding.asked.items())),
        scopes=[msgspec.convert(encode_scope(scope), ScopeForm) for scope in binding.scopes],
    )


def _make_binding(address: Address, form: BindingForm, deployment: str, where: str) -> Binding:
    try:
        scopes = tuple(make_scope(scope) for scope in form.scopes)
    except (ValueError, ByocplanError) as error:
        raise StateError(where, f"has a scope of {address} that cannot be read ({error})", MEND) from error
    return Binding(
        address=address,
        id=form.id,
        name=form.name,
        s3_bucket=form.s3_bucket,
        deployment=deployment,
        account_id=form.account_id,
        prevent_destroy=form.prevent_destroy,
        on_remove=form.on_remove,
        labels=form.labels,
        scopes=scopes,
        serial=form.serial,
        asked=form.asked,
    )


def _load(content: bytes, where: str, mend: str) -> Mapping[str, object]:
    """Return the map the file holds; whatever is wrong with its text is a StateError."""
    if not content.strip():
        raise StateError(where, "is empty", mend)
    try:
        text = content.decode()
        plain = yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise StateError(where, f"is not valid YAML ({error.problem}{line}){_hint(content)}", mend) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StateError(where, "is not valid YAML", mend) from error
    if text.rstrip().rsplit("\n", 1)[-1].strip() != END:
        raise StateError(where, f"is cut off: its last line is not `{END}`", mend)
    if not isinstance(plain, dict):
        raise StateError(where, "is not a lock file of byocplan", mend)
    return plain


def _hint(content: bytes) -> str:
    return ", it has the marks of an unfinished Git merge" if b"\n<<<<<<<" in b"\n" + content else ""
