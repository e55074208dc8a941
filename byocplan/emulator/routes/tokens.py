"""Tokens: both endpoints, JWTs that clients can decode, and who a request comes from. Touches the clock."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache, partial
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request

from byocplan.emulator.errors import RefusedError
from byocplan.emulator.routes.answers import make_answer
from byocplan.emulator.service.collections import make_account
from byocplan.emulator.state import EmulatorState

TOKEN_PATHS = (
    "/oauth/token",
    "/auth/realms/main/protocol/openid-connect/token",
    "/auth/realms/CDSE/protocol/openid-connect/token",
)
JWT_PARTS = 3


def encode_part(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sign_token(head: str, secret: bytes) -> str:
    """Return the signature of a token's first two parts."""
    return encode_part(hmac.digest(secret, head.encode(), hashlib.sha256))


def make_token(claims: dict[str, Any], secret: bytes) -> str:
    """Return a signed JWT."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "emulator"}
    head = ".".join(encode_part(json.dumps(part).encode()) for part in (header, claims))
    return f"{head}.{sign_token(head, secret)}"


@lru_cache(maxsize=1024)
def decode_token(token: str, secret: bytes) -> dict[str, Any]:
    """Return the claims of a token that this emulator signed, or raise the 401."""
    head, _, signature = token.rpartition(".")
    if head.count(".") != JWT_PARTS - 2 or not hmac.compare_digest(
        sign_token(head, secret).encode(), signature.encode()
    ):
        raise RefusedError(401)
    body = head.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def get_account(state: EmulatorState) -> str:
    """Return the account of the current request, or raise the 401 without a body."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise RefusedError(401)
    claims = decode_token(token.strip(), state.secret)
    if claims["ends_s"] <= state.clock.now_s() or claims["epoch"] < state.token_epoch:
        raise RefusedError(401)
    return str(claims["account"])


def make_claims(state: EmulatorState, client_id: str) -> dict[str, Any]:
    """Return the claims of a new token; ``azp`` is what sentinelhub-py reads."""
    now_s = state.clock.now_s()
    return {
        "exp": int(now_s + state.settings.token_lifetime_s),
        "ends_s": now_s + state.settings.token_lifetime_s,
        "iat": int(now_s),
        "epoch": state.token_epoch,
        "jti": str(uuid4()),
        "iss": request.host_url.rstrip("/") + "/auth/realms/main",
        "aud": request.host_url.rstrip("/"),
        "sub": make_account(client_id),
        "typ": "Bearer",
        "azp": client_id,
        "clientId": client_id,
        "account": make_account(client_id),
    }


def find_credentials() -> tuple[str, str]:
    """Return the client id and secret of a token request, from the form or a Basic header."""
    login = request.authorization
    if login is not None and login.type == "basic":
        return login.username or "", login.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def answer_token_request(state: EmulatorState) -> Response:
    """Answer the client credentials grant. Endpoint: POST (token URL)."""
    if request.form.get("grant_type") != "client_credentials":
        return make_answer({"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}, 400)
    client_id, client_secret = find_credentials()
    accepted = state.settings.clients
    if not client_id or not client_secret or (accepted and (client_id, client_secret) not in accepted):
        description = "Invalid client or Invalid client credentials"
        return make_answer({"error": "invalid_client", "error_description": description}, 401)
    answer = make_answer(
        {
            "access_token": make_token(make_claims(state, client_id), state.secret),
            "expires_in": state.settings.token_lifetime_s,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "",
        }
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def make_token_blueprint(state: EmulatorState) -> Blueprint:
    """Return the token endpoints of all deployments."""
    blueprint = Blueprint("tokens", __name__)
    for number, path in enumerate(TOKEN_PATHS):
        blueprint.add_url_rule(path, f"token{number}", partial(answer_token_request, state), methods=["POST"])
    return blueprint
