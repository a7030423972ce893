"""Holds the vectors of this folder against the standards alone, in another language and with nothing of Stairwell's:
`python3 spec/vectors/check.py`. It is written to be read beside ../federation.md."""

import hashlib
import json
import math
import struct
import sys
from base64 import b64decode, b64encode
from pathlib import Path

HERE = Path(__file__).parent


# RFC 8785 -----------------------------------------------------------------------------------------------------------
def number(value):
    """ECMAScript's Number::toString."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign, digits, exponent = "-" if value < 0 else "", *shortest(abs(value))
    count = len(digits)
    if count <= exponent <= 21:
        return sign + digits + "0" * (exponent - count)
    if 0 < exponent <= 21:
        return sign + digits[:exponent] + "." + digits[exponent:]
    if -6 < exponent <= 0:
        return sign + "0." + "0" * -exponent + digits
    e = exponent - 1
    mantissa = digits[0] + ("." + digits[1:] if count > 1 else "")
    return f"{sign}{mantissa}e{'+' if e > 0 else '-'}{abs(e)}"


def shortest(value):
    """The shortest digits that are read back as this double, and where the point stands behind 0."""
    mantissa, exponent = f"{value!r}e0".split("e")[:2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = int(exponent) + (len(whole) if whole.strip("0") else -(len(fraction) - len(fraction.lstrip("0"))))
    return digits.rstrip("0"), point


def canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


# RFC 8032, section 6 ------------------------------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def plus(a, b):
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, E = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = B - A, E - C, E + C, B + A
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            total = plus(total, point)
        point, scalar = plus(point, point), scalar >> 1
    return total


def recover(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if y >= P or (square == 0 and sign):
        return None
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    x = recover(y, 0)
    return (x, y, 1, x * y % P)


BASE = base_point()


def packed(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpacked(data):
    y = int.from_bytes(data, "little")
    x = recover(y & (1 << 255) - 1, y >> 255)
    return None if x is None else (x, y & (1 << 255) - 1, 1, x * (y & (1 << 255) - 1) % P)


def to_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def secret(seed):
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], "little")
    return a & (1 << 254) - 8 | 1 << 254, digest[32:]


def public_key(seed):
    return packed(times(secret(seed)[0], BASE))


def sign(seed, text):
    a, prefix = secret(seed)
    key, message = public_key(seed), text.encode()
    r = to_scalar(prefix, message)
    R = packed(times(r, BASE))
    return b64encode(R + ((r + to_scalar(R, key, message) * a) % L).to_bytes(32, "little")).decode()


def verify(key, text, signature):
    """Without the cofactor: R is compared byte for byte with the one computed."""
    key, signature = b64decode(key), b64decode(signature)
    point, s = unpacked(key), int.from_bytes(signature[32:], "little")
    if point is None or s >= L:
        return False
    h = to_scalar(signature[:32], key, text.encode())
    minus = (P - point[0], point[1], 1, P - point[3])
    return packed(plus(times(s, BASE), times(h, minus))) == signature[:32]


# ../federation.md ---------------------------------------------------------------------------------------------------
def signature_base(components, params):
    return "\n".join(f'"{name}": {value}' for name, value in [*components, ("@signature-params", params)])


def head_text(head):
    return canonical({key: head[key] for key in ("room_id", "position", "hash")})


def proposal_text(event):
    keys = ("v", "room_id", "id", "event_type", "sender", "acted_by", "origin_ts", "content_hash")
    return canonical({key: event[key] for key in keys})


def state_text(room_id, position, state_hash):
    return canonical({"position": position, "room_id": room_id, "state_hash": state_hash})


def content_hash(content, salt):
    return sha256(canonical({"content": content, "salt": salt}))


# The vectors --------------------------------------------------------------------------------------------------------
def read(name):
    return json.loads((HERE / f"{name}.json").read_text())


def canonical_forms():
    vectors = read("canonical")
    for case in vectors["forms"]:
        yield case["name"], canonical(json.loads(case["input"])) == case["canonical"]
        yield case["name"], sha256(case["canonical"]) == case["sha256"]
    for case in vectors["numbers"]:
        value = struct.unpack(">d", bytes.fromhex(case["ieee754"]))[0]
        if math.isfinite(value):
            yield case["ieee754"], number(value) == case["canonical"]


def hashed_texts():
    for case in read("content-hash")["cases"]:
        yield case["name"], content_hash(case["content"], case["salt"]) == case["content_hash"]
    for case in read("proposal")["cases"]:
        yield case["name"], proposal_text(case["proposal"]) == case["canonical"]
        yield case["name"], sha256(case["canonical"]) == case["sha256"]
    for case in read("envelope")["cases"]:
        yield case["name"], canonical(case["envelope"]) == case["canonical"]
        yield case["name"], sha256(case["canonical"]) == case["hash"]
    for case in read("head")["cases"]:
        yield case["name"], head_text(case["head"]) == case["canonical"]
        yield case["name"], sha256(case["canonical"]) == case["sha256"]


def chain(events, before="0" * 64):
    for event in events:
        envelope = event["envelope"]
        yield envelope["position"], envelope["prev_hash"] == before
        yield envelope["position"], sha256(canonical(envelope)) == event["hash"]
        if event.get("content") is not None:
            yield envelope["position"], content_hash(event["content"], event["salt"]) == envelope["content_hash"]
        before = event["hash"]


def logs():
    yield from chain(read("log")["events"])


def bundles():
    vectors = read("bundle")
    yield "signature", verify(vectors["public_key"], vectors["signed"], vectors["signature"]["value"])
    yield "key", b64encode(public_key(b64decode(vectors["private_key_seed"]))).decode() == vectors["public_key"]


def request_signatures():
    vectors = read("request-signature")
    seed = b64decode(vectors["private_key_seed"])
    for case in vectors["requests"]:
        target = f"https://{case['server_name']}{case['target']}"
        components = [("@method", case["method"]), ("@authority", case["server_name"]), ("@target-uri", target)]
        if "body" in case:
            digest = b64encode(hashlib.sha256(case["body"].encode()).digest()).decode()
            yield case["name"], f"sha-256=:{digest}:" == case["content_digest"]
            components += [("content-digest", case["content_digest"]), ("content-type", case["content_type"])]
        listed = " ".join(f'"{name}"' for name, _ in components)
        of = case["params"]
        params = (
            f'({listed});created={of["created"]};expires={of["expires"]};nonce="{of["nonce"]}";'
            f'keyid="{of["serverName"]}#{of["keyId"]}";alg="ed25519";tag="stairwell-fed-v1"'
        )
        yield case["name"], f"stairwell={params}" == case["signature_input"]
        yield case["name"], signature_base(components, params) == case["base"]
        yield case["name"], f"stairwell=:{sign(seed, case['base'])}:" == case["signature"]
    for case in vectors["rfc9421"]:
        base = signature_base(case["components"], case["params"])
        yield case["name"], verify(case["public_key"], base, case["signature"])
    for case in vectors["rfc9530"]:
        digest = b64encode(hashlib.sha256(case["body"].encode()).digest()).decode()
        yield case["body"], f"sha-256=:{digest}:" == case["content_digest"]


def descriptors():
    vectors = read("descriptor")
    keys = {key["key_id"]: key for key in vectors["keys"]}
    for key in vectors["keys"]:
        yield key["key_id"], b64encode(public_key(b64decode(key["private_key_seed"]))).decode() == key["public_key"]
    for case in vectors["cases"]:
        descriptor = json.loads(case["descriptor"])
        signature = descriptor.pop("signature")
        yield case["name"], canonical(descriptor) == case["signed"]
        yield case["name"], verify(keys[signature["key_id"]]["public_key"], case["signed"], signature["value"])
        for key in descriptor["keys"]:
            if key["introduced_by"] is None:
                continue
            text = canonical(
                {
                    "format": "stairwell.key-introduction",
                    "key_id": key["key_id"],
                    "public_key": key["public_key"],
                    "server_name": descriptor["server_name"],
                    "valid_from": key["valid_from"],
                    "version": 1,
                }
            )
            elder = keys[key["introduced_by"]["key_id"]]["public_key"]
            yield case["name"], verify(elder, text, key["introduced_by"]["value"])


def joins():
    vectors = read("join")
    hub, replica = vectors["hub"], vectors["replica"]
    for server in (hub, replica):
        yield server["server_name"], b64encode(public_key(b64decode(server["private_key_seed"]))).decode() == server["public_key"]
    answer, join = vectors["answer"], vectors["answer"]["join"]
    text = canonical(join["state"])
    yield "state", text == vectors["state_canonical"]
    yield "state_hash", sha256(text) == join["state_hash"]
    signed = state_text(vectors["room_id"], join["state"]["position"], join["state_hash"])
    yield "state signed", signed == vectors["state_signed"]
    yield "state_signature", verify(hub["public_key"], signed, join["state_signature"])
    yield "head signed", head_text(answer["head"]) == vectors["head_signed"]
    yield "head", verify(hub["public_key"], vectors["head_signed"], answer["head"]["signature"])
    yield "proposal signed", proposal_text(vectors["proposal"]) == vectors["proposal_signed"]
    yield "proposal", verify(replica["public_key"], vectors["proposal_signed"], vectors["proposal"]["signature"]["value"])
    yield "the same in its envelope", proposal_text(answer["event"]["envelope"]) == vectors["proposal_signed"]
    yield from chain(join["events"] + join["since"])
    yield "the head is of the last", answer["head"]["hash"] == join["since"][-1]["hash"]


def main():
    failed = 0
    for check in (canonical_forms, hashed_texts, logs, bundles, request_signatures, descriptors, joins):
        results = list(check())
        wrong = [str(name) for name, is_right in results if not is_right]
        failed += len(wrong)
        print(f"{check.__name__}: {len(results)} checks, {len(wrong)} wrong {', '.join(wrong)}".rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
