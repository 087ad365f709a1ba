"""Who asks: the only place that makes a ``Reader`` out of a request, after it has verified one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from bookside.context import HOLDER_ID, Reader
from bookside.errors import NotSignedIn

ALGORITHM = "HS256"
AUDIENCE = "bookside"

UPLOAD_HEADER = "Bookside-Upload-Token"
"""Not ``Authorization``, which a page's own ``fetch`` may set for all of its requests."""

UPLOAD_AUDIENCE = "bookside-upload"
UPLOAD_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Token:
    """A signed token that makes its bearer one certain reader."""

    text: str
    expires_at: datetime


class Readers:
    """Mints and verifies readers' tokens.

    Args:
        secret: Signs tokens; who knows it can be anybody.
        lifetime: How long a token is good for.
    """

    def __init__(self, secret: str, lifetime: timedelta) -> None:
        self._secret = secret
        self._lifetime = lifetime

    def mint(self) -> Token:
        """A token for a reader who never was here before."""
        now = datetime.now(UTC)
        expires_at = (now + self._lifetime).replace(microsecond=0)
        claims = {"sub": f"rdr_{secrets.token_hex(16)}", "aud": AUDIENCE, "iat": now, "exp": expires_at}
        return Token(jwt.encode(claims, self._secret, ALGORITHM), expires_at)

    def verify(self, authorization: str | None, session_id: str | None) -> Reader:
        """The reader of a request: the bearer of a token, or of a session's name, or else the holder of thread ids.

        Raises:
            NotSignedIn: The token is not ours, was changed, or has expired.
        """
        if authorization:
            return self._bearer(authorization)
        if session_id:
            digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()
            return Reader(id=f"session:{digest}")
        return Reader(id=HOLDER_ID)

    def upload_headers(self, reader: Reader, attachment_id: str) -> dict[str, str]:
        """Headers that let their sender upload this one attachment for ``reader``, for ``UPLOAD_LIFETIME``."""
        now = datetime.now(UTC)
        claims = {
            "sub": reader.id,
            "aud": UPLOAD_AUDIENCE,
            "attachment": attachment_id,
            "iat": now,
            "exp": now + UPLOAD_LIFETIME,
        }
        return {UPLOAD_HEADER: jwt.encode(claims, self._secret, ALGORITHM)}

    def verify_upload(self, token: str, attachment_id: str) -> Reader:
        """The reader for whom ``token`` lets the attachment be uploaded.

        Raises:
            NotSignedIn: The token is not ours, is for something else, or has expired.
        """
        try:
            claims = jwt.decode(
                token,
                self._secret,
                [ALGORITHM],
                audience=UPLOAD_AUDIENCE,
                options={"require": ["sub", "exp", "aud", "attachment"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise NotSignedIn("the time to upload is over; attach the file again") from error
        except jwt.InvalidTokenError as error:
            raise NotSignedIn(f"{UPLOAD_HEADER} is not one of this server's; attachments.create gives one") from error
        if claims["attachment"] != attachment_id:
            raise NotSignedIn(f"{UPLOAD_HEADER} is for another attachment")
        return Reader(id=str(claims["sub"]))

    def _bearer(self, authorization: str) -> Reader:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("Authorization must be: Bearer TOKEN")
        try:
            claims = jwt.decode(
                token.strip(),
                self._secret,
                [ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["sub", "exp", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise NotSignedIn("the token has expired; POST /assistant/session gives a new one") from error
        except jwt.InvalidTokenError as error:
            raise NotSignedIn("the token is not one of this server's; POST /assistant/session gives one") from error
        return Reader(id=str(claims["sub"]))
