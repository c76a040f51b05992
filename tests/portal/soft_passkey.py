"""A device that makes passkeys and gives them, in Python: what a browser would send, for tests without one."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, NEW = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


class SoftPasskey:
    def __init__(self) -> None:
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.owner = ""

    def made(self, asks: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to creation options."""
        public = asks["publicKey"]
        self.owner = public["user"]["id"]
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        about = AuthenticatorData.create(
            digest(public["rp"]["id"].encode()), flags | NEW, 0, bytes(credential)
        )
        client = client_data("webauthn.create", public["challenge"])
        attested = AttestationObject.create("none", about, {})
        return self._sent(clientDataJSON=client, attestationObject=bytes(attested))

    def given(self, asks: dict[str, Any], *, flags: int = PRESENT | VERIFIED, origin: str = "") -> str:
        """The answer to request options."""
        public = asks["publicKey"]
        about = bytes(AuthenticatorData.create(digest(public["rpId"].encode()), flags, 0))
        client = client_data("webauthn.get", public["challenge"], origin)
        signature = self.key.sign(about + digest(client), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            clientDataJSON=client, authenticatorData=about, signature=signature, userHandle=self.owner
        )

    def _sent(self, **parts: Any) -> str:
        text = {name: part if isinstance(part, str) else websafe_encode(part) for name, part in parts.items()}
        own = websafe_encode(self.id)
        sent = {"id": own, "rawId": own, "type": "public-key", "response": text, "clientExtensionResults": {}}
        return json.dumps(sent)


def client_data(kind: str, challenge: str, origin: str = "") -> bytes:
    return json.dumps(
        {"type": kind, "challenge": challenge, "origin": origin or settings.SITE_URL, "crossOrigin": False}
    ).encode()


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
