"""A signed document: a statement that names the digest of each of its parts, and one signature over it.

    {"format": …, "statement": {…, "parts": {name: digest}}, "parts": {name: {"content": …, "salt": …}},
     "signature": …, "public_key": …}

Parts can be left out of a copy, such as numbers that are not for the public, and the signature still holds
for all others. Each part has a salt of its own: nobody finds what was left out by trying what fits. What is
signed is the canonical form of the JSON: names in order, no spaces, UTF-8, and no number but whole ones.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shiliu.keyring import fingerprint, public_half

FORMAT = "shiliu-signed-report/1"
CONTEXT = b"shiliu-signed-report/1\n"  # a signature of this key over anything else is none of a report
SALT = 16  # bytes
MEMBERS = {"format", "statement", "parts", "signature", "public_key"}


class NotSigned(Exception):
    """What holds no signed report, or a damaged one that cannot be read."""


def canonical(value: Any) -> bytes:
    """The one way in which a value is written."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def parsed(content: bytes) -> Any:
    """JSON without what could be read in two ways: names that occur twice, and floats."""
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_float=_refuse, parse_constant=_refuse
        )
    except (ValueError, RecursionError) as error:
        raise NotSigned(str(error)) from None


def digest(part: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(part)).hexdigest()


def sealed(about: Mapping[str, Any], contents: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The document: `about` says what it is, `contents` are its parts by name."""
    parts = {name: {"content": it, "salt": secrets.token_hex(SALT)} for name, it in contents.items()}
    public_key = public_half(key)
    statement = {
        **about,
        "key": fingerprint(public_key),
        "parts": {name: digest(part) for name, part in parts.items()},
    }
    signature = key.sign(CONTEXT + canonical(statement)).hex()
    return canonical({
        "format": FORMAT, "statement": statement, "parts": parts, "signature": signature,
        "public_key": public_key,
    })  # fmt: skip


@dataclass(frozen=True)
class Document:
    """What was read of a signed document, and what about it is as it was signed.

    changed: names of parts that are not those that were signed. left_out: of parts that this copy lacks.
    plain: whether it is written in the canonical way, so that no byte of it differs.
    """

    statement: dict[str, Any]
    parts: dict[str, Any]
    public_key: str
    signed: bool
    changed: tuple[str, ...]
    left_out: tuple[str, ...]
    plain: bool

    @property
    def intact(self) -> bool:
        return self.signed and self.plain and not self.changed

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_key)

    def content(self, name: str) -> Any:
        """A part; None where this copy lacks it, or has another one than was signed."""
        return None if name in self.changed or name not in self.parts else self.parts[name]["content"]

    def named(self, kind: str) -> dict[str, Any]:
        """The parts of a kind by the rest of their names: `value/works.sewer_laid` is of the kind `value`."""
        begin = f"{kind}/"
        names = (name for name in self.parts if name.startswith(begin) and name not in self.changed)
        return {name[len(begin) :]: self.content(name) for name in names}


def read(content: bytes) -> Document:
    """A document, checked. Raises NotSigned for what is none."""
    found = parsed(content.strip())
    try:
        if found["format"] != FORMAT or found.keys() != MEMBERS:
            raise NotSigned("another format")
        statement, parts, public_key = found["statement"], found["parts"], found["public_key"]
        signed_parts: dict[str, str] = statement["parts"]
        changed = [name for name, part in parts.items() if signed_parts.get(name) != digest(part)]
        changed += [name for name, part in parts.items() if part.keys() != {"content", "salt"}]
        return Document(
            statement,
            parts,
            public_key,
            _is_signed(statement, found["signature"], public_key),
            tuple(dict.fromkeys(changed)),
            tuple(name for name in signed_parts if name not in parts),
            canonical(found) == content.strip() and all(map(_is_plain, (found["signature"], public_key))),
        )
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise NotSigned(str(error)) from None


def _is_plain(digits: str) -> bool:
    """Hexadecimal as Shiliu writes it: capitals and spaces would say the same."""
    try:
        return bytes.fromhex(digits).hex() == digits
    except ValueError:
        return False


def _is_signed(statement: Mapping[str, Any], signature: str, public_key: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), CONTEXT + canonical(statement))
    except (InvalidSignature, ValueError):
        return False
    return statement["key"] == fingerprint(public_key)


def without(content: bytes, hidden: Callable[[str, Any], bool]) -> bytes:
    """A copy that lacks the parts for which `hidden(name, content)` holds."""
    found = parsed(content)
    shown = {name: it for name, it in found["parts"].items() if not hidden(name, it["content"])}
    return canonical(found | {"parts": shown})
