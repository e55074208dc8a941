"""Doctor: a project and what is around it in, findings with the mend out. Reads the service, S3 and the state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING

from byocplan.discovery.listing import Presence
from byocplan.errors import AccessError, ByocplanError
from byocplan.model.deployment import DEPLOYMENTS
from byocplan.model.finding import Finding, Verdict
from byocplan.model.source import PathSource, PatternSource
from byocplan.workflow.bucket_policy import judge_policy, render_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.model.collection import Collection, LiveCollection
    from byocplan.model.deployment import Deployment
    from byocplan.model.project import Project
    from byocplan.state import State

#: Where tokens and signatures begin to fail. Source: S3 refuses more than 15 minutes; tokens are checked within one.
MAX_SKEW_S = 60
#: The region in which a deployment's collections must have their bucket. Source: BYOC documentation, bucket settings.
REGIONS = {
    DEPLOYMENTS["aws-eu-central-1"].base_url: "eu-central-1",
    DEPLOYMENTS["aws-us-west-2"].base_url: "us-west-2",
}
#: The AWS account that reads buckets for a deployment. Source: BYOC documentation, bucket settings, of Sentinel Hub and
#: of the Copernicus Data Space.
ACCOUNTS = {
    DEPLOYMENTS["aws-eu-central-1"].base_url: "614251495211",
    DEPLOYMENTS["aws-us-west-2"].base_url: "614251495211",
    DEPLOYMENTS["cdse"].base_url: "ddf4c98b5e6647f0a246f0624c8341d9",
}
MAKE_POLICY = "give it this policy (`aws s3api put-bucket-policy`)"
ADD_STATEMENT = "add this to the `Statement` of its policy (`aws s3api put-bucket-policy`)"
MAX_BUCKETS = 50


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is looked at. ``open_client`` raises without credentials; ``now_s`` is the wall clock."""

    project: Project
    collections: Sequence[Collection]
    open_client: Callable[[], ReadClient]
    open_state: Callable[[], State]
    open_bucket: Callable[[Collection], Bucket]
    find_region: Callable[[Collection], str | None]
    find_policy: Callable[[Collection], str | None]
    now_s: Callable[[], float]


def examine(around: Surroundings) -> Iterator[Finding]:
    """Yield a finding for each thing, as soon as it is known. Raises nothing of its own."""
    live = yield from _ask_service(around)
    yield from _ask_state(around, live)
    buckets = {(each.s3_bucket, each.s3): each for each in around.collections}
    for collection in islice(buckets.values(), MAX_BUCKETS):
        yield from _ask_bucket(around, collection)


def _ask_service(around: Surroundings) -> Generator[Finding, None, list[LiveCollection] | None]:
    """Yield credentials, token and API, clock; return the live collections, None where they are not known."""
    where = around.project.deployment.base_url
    try:
        client = around.open_client()
    except ByocplanError as error:
        yield _make_problem("credentials", error)
        yield Finding("service", Verdict.UNKNOWN, f"{where} was not asked without credentials")
        return None
    yield Finding("credentials", Verdict.OK, "client id and secret are set")
    with client:
        try:
            live = list(client.iter_collections())
        except ByocplanError as error:
            yield _make_problem("service", error)
            return None
        yield Finding("service", Verdict.OK, f"{where} gave a token and answers; collections seen: {len(live)}")
        yield _judge_clock(client.answered, around.now_s())
    return live


def _judge_clock(answered: str | None, now_s: float) -> Finding:
    try:
        skew_s = now_s - parsedate_to_datetime(answered or "").timestamp()
    except (ValueError, OverflowError):
        return Finding("clock", Verdict.UNKNOWN, "the service does not tell the time")
    if abs(skew_s) > MAX_SKEW_S:
        way = "ahead of" if skew_s > 0 else "behind"
        detail = f"this computer's clock is {abs(skew_s):.0f} s {way} the service's"
        return Finding("clock", Verdict.PROBLEM, detail, "set the clock, or switch on its synchronisation")
    return Finding("clock", Verdict.OK, "this computer and the service agree on the time")


def _ask_state(around: Surroundings, live: Sequence[LiveCollection] | None) -> Iterator[Finding]:
    """Yield whether the state can be read, and whether what it binds is live on this deployment."""
    try:
        state = around.open_state()
        bindings = state.read()
    except ByocplanError as error:
        yield _make_problem("state", error)
        return
    yield Finding("state", Verdict.OK, f"{state.where} can be read; addresses bound: {len(bindings.by_address)}")
    if live is None:
        return
    ids = {each.id for each in live}
    lost = sorted(each.address for each in bindings.by_address.values() if each.id not in ids)
    if lost:
        detail = f"bound, but not live here or not seen: {len(lost)}, such as {lost[0]}"
        mend = "check the deployment and whose credentials these are; `byocplan plan` says what would be made anew"
        yield Finding("bindings", Verdict.PROBLEM, detail, mend)
    elif bindings.by_address:
        yield Finding("bindings", Verdict.OK, "all bound collections are live on this deployment")


def _ask_bucket(around: Surroundings, collection: Collection) -> Iterator[Finding]:
    """Yield whether the bucket can be listed and its files read, and whether its region suits the deployment."""
    subject = f"s3://{collection.s3_bucket}"
    prefix = _get_prefix(collection)
    try:
        bucket = around.open_bucket(collection)
        page = next(iter(bucket.iter_pages(prefix)), None)
        first = page.keys[0] if page is not None and len(page) else None
        yield _judge_listing(subject, prefix, first)
        if first is not None:
            yield _judge_file(subject, bucket.probe([first])[0])
        region = around.find_region(collection)
    except ByocplanError as error:
        yield _make_problem(subject, error)
        return
    yield _judge_region(subject, region, around.project.deployment)
    yield _ask_policy(around, collection, prefix if first is None else first)


def _ask_policy(around: Surroundings, collection: Collection, key: str) -> Finding:
    """Return whether the bucket's policy lets the deployment list it and read the object ``key``."""
    subject, deployment = f"s3://{collection.s3_bucket}", around.project.deployment
    account = ACCOUNTS.get(deployment.base_url)
    if account is None:
        detail = f"whom its policy has to let in is not known for {deployment.base_url}"
        return Finding(subject, Verdict.UNKNOWN, detail)
    try:
        policy = around.find_policy(collection)
    except ByocplanError as error:
        return replace(_make_problem(subject, error), verdict=Verdict.UNKNOWN)
    return _judge_policy(policy, account, collection.s3_bucket, key)


def _get_prefix(collection: Collection) -> str:
    """Return the first prefix that the sources look at."""
    for source in collection.sources:
        if isinstance(source, PathSource):
            return source.path.partition("(BAND)")[0]
        if isinstance(source, PatternSource) and (prefixes := source.pattern.prefixes(source.where)):
            return prefixes[0]
    return ""


def _judge_listing(subject: str, prefix: str, first: str | None) -> Finding:
    if first is None:
        mend = "check the pattern and the bucket; `byocplan discover` shows what each source finds"
        return Finding(subject, Verdict.PROBLEM, f"can be listed, but has no key that begins with {prefix!r}", mend)
    return Finding(subject, Verdict.OK, f"can be listed below {prefix!r}")


def _judge_file(subject: str, presence: Presence) -> Finding:
    if presence is Presence.THERE:
        return Finding(subject, Verdict.OK, "a file in it can be read")
    mend = "allow s3:GetObject on the bucket's objects, to yourself and to Sentinel Hub"
    return Finding(subject, Verdict.PROBLEM, "its files cannot be read with these credentials", mend)


def _judge_region(subject: str, region: str | None, deployment: Deployment) -> Finding:
    wanted = REGIONS.get(deployment.base_url)
    if region is None or wanted is None:
        told = f"its region is {region}" if region else "S3 does not tell its region"
        return Finding(subject, Verdict.OK, f"{told}; the deployment asks for none that is known here")
    if region != wanted:
        mend = f"use a bucket in {wanted}, or the deployment of {region} if there is one"
        return Finding(subject, Verdict.PROBLEM, f"it is in {region}, and {deployment.name} reads {wanted} alone", mend)
    return Finding(subject, Verdict.OK, f"it is in {region}, as {deployment.name} needs")


def _judge_policy(policy: str | None, account: str, bucket: str, key: str) -> Finding:
    subject, who = f"s3://{bucket}", f"Sentinel Hub's account {account}"
    if policy is None:
        paste = render_statement(account, bucket, is_whole=True)
        return Finding(subject, Verdict.PROBLEM, f"it has no policy, so {who} cannot read it", MAKE_POLICY, paste)
    access = judge_policy(policy, account, bucket, key)
    if access is None:
        return Finding(subject, Verdict.UNKNOWN, "its policy cannot be read", f"see whether it lets {who} in")
    if access.lacking:
        detail = f"its policy does not allow {who} {' and '.join(access.lacking)}"
        paste = render_statement(account, bucket, is_whole=False)
        return Finding(subject, Verdict.PROBLEM, detail, ADD_STATEMENT, paste)
    if access.unsure:
        what = " and ".join(access.unsure)
        detail = f"its policy has conditions or a Deny that may keep {who} from {what}"
        return Finding(subject, Verdict.UNKNOWN, detail, "look yourself: `aws s3api get-bucket-policy` shows it")
    return Finding(subject, Verdict.OK, f"its policy lets {who} list it and read its files")


def _make_problem(subject: str, error: ByocplanError) -> Finding:
    """Return the error as a finding; what it says to do is its mend, where it says so apart."""
    mend = str(getattr(error, "mend", ""))
    text = str(error).removeprefix(f"{subject}: ")
    detail = text.removesuffix(mend).rstrip("; ") if mend else text
    fallback = "mend what it says and run again" if not isinstance(error, AccessError) else "check the credentials"
    return Finding(subject, Verdict.PROBLEM, detail, mend or fallback)
