import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { keyOf, verifyText } from "../../test/ed25519.ts";
import { always } from "../../test/property.ts";
import { readVectors } from "../../test/vectors.ts";
import { StairwellError } from "../errors.ts";
import {
  checkTimes,
  contentDigest,
  readContentDigest,
  readSignature,
  type SignatureFields,
  type SignatureParams,
  signatureBase,
  signatureInput,
  SIGNATURE_LABEL,
  signatureValue,
  type SignedMessage,
  signedRequestText,
} from "./index.ts";

interface Request {
  name: string;
  method: string;
  server_name: string;
  target: string;
  body?: string;
  content_type?: string;
  content_digest?: string;
  params: SignatureParams;
  base: string;
  signature_input: string;
  signature: string;
}

interface Vectors {
  private_key_seed: string;
  public_key: string;
  requests: Request[];
  refused: { name: string; signature_input?: string; signature?: string }[];
  rfc9421: { name: string; public_key: string; components: [string, string][]; params: string; signature: string }[];
  rfc9530: { body: string; content_digest: string }[];
}

const VECTORS = readVectors<Vectors>("request-signature");
const FIRST = VECTORS.requests[0]!;

const digestOf = (body: string): string => contentDigest(createHash("sha256").update(body).digest("base64"));
const fieldsOf = ({ signature_input, signature }: Pick<Request, "signature_input" | "signature">): SignatureFields => ({
  "signature-input": signature_input,
  signature,
});

function messageOf({ method, server_name: serverName, target, body, content_type }: Request): SignedMessage {
  const covered = body === undefined ? undefined : { contentDigest: digestOf(body), contentType: content_type! };
  return { method, serverName, target, body: covered };
}

function isRefused(work: () => unknown): true {
  assert.throws(work, (error) => error instanceof StairwellError && error.code === "SW_FED_SIGNATURE");
  return true;
}

test("FD2 the signature base and the verification are those of RFC 9421, by its own examples", () => {
  for (const { name, public_key, components, params, signature } of VECTORS.rfc9421) {
    const base = signatureBase(components, params);
    assert(base !== undefined, name);
    assert(verifyText(public_key, base, signature), name);
    assert(!verifyText(public_key, `${base} `, signature), name);
  }
});

test("FD2 each request of the vectors is signed as they say, byte for byte", () => {
  const { publicKey, sign } = keyOf(Buffer.from(VECTORS.private_key_seed, "base64"));
  assert.equal(publicKey, VECTORS.public_key);
  for (const request of VECTORS.requests) {
    const input = signatureInput(request.params, request.body !== undefined);
    assert.equal(`${SIGNATURE_LABEL}=${input}`, request.signature_input, request.name);
    assert.equal(signedRequestText(messageOf(request), { input }), request.base, request.name);
    assert.equal(signatureValue(sign(request.base)), request.signature, request.name);
    if (request.body !== undefined) assert.equal(digestOf(request.body), request.content_digest, request.name);
  }
});

test("FD2 a signature that was written is read as what it was", () => {
  for (const request of VECTORS.requests) {
    const read = readSignature(fieldsOf(request));
    const { created, expires, nonce, serverName, keyId } = read;
    assert.deepEqual({ created, expires, nonce, serverName, keyId }, request.params, request.name);
    assert.equal(read.coversBody, request.body !== undefined, request.name);
    assert(verifyText(VECTORS.public_key, signedRequestText(messageOf(request), read)!, read.value), request.name);
  }
});

test("FD2 fields in any other form are refused: FIN-01, FIN-02, FIN-14, FIN-17", () => {
  const right = fieldsOf(FIRST);
  readSignature(right);
  for (const { name, ...wrong } of VECTORS.refused) {
    const fields = fieldsOf({ ...FIRST, ...wrong });
    assert.notDeepEqual(fields, right, name);
    assert(
      isRefused(() => readSignature(fields)),
      name,
    );
  }
  isRefused(() => readSignature({ "signature-input": undefined, signature: FIRST.signature }));
  isRefused(() => readSignature({ "signature-input": FIRST.signature_input, signature: undefined }));
});

test("FD2 whatever of a request is changed, its signature no longer fits: FIN-04, FIN-16", () => {
  const request = VECTORS.requests.find(({ body }) => body !== undefined && body !== "")!;
  const read = readSignature(fieldsOf(request));
  const right = messageOf(request);
  const fits = (message: SignedMessage, { input } = read) => {
    const text = signedRequestText(message, { input });
    return text !== undefined && verifyText(VECTORS.public_key, text, read.value);
  };
  assert(fits(right));
  assert(!fits({ ...right, method: "PUT" }));
  assert(!fits({ ...right, serverName: "c.example" }));
  assert(!fits({ ...right, target: `${right.target}?` }));
  assert(!fits({ ...right, target: right.target.replace("/v1/", "/v2/") }));
  assert(!fits({ ...right, body: undefined }));
  assert(!fits({ ...right, body: { ...right.body!, contentDigest: digestOf(`${request.body} `) } }));
  assert(!fits({ ...right, body: { ...right.body!, contentType: "text/plain" } }));
  for (const [was, is] of [
    ["created=1767323045", "created=1767323046"],
    ["expires=1767323105", "expires=1767323104"],
    ["AAEC", "AAED"],
    ["acme.example#", "b.example#"],
  ] as const) {
    const input = read.input.replace(was, is);
    assert.notEqual(input, read.input);
    assert(!fits(right, { ...read, input }), is);
  }
});

test("FD2 no value reaches a second line of what is signed", () => {
  for (const value of ["a\nb", "a\r", "a\u2028b", "é", "\t"]) {
    assert.equal(signatureBase([["@method", value]], "()"), undefined, JSON.stringify(value));
    const { input } = readSignature(fieldsOf(FIRST));
    assert.equal(signedRequestText({ ...messageOf(FIRST), target: `/${value}` }, { input }), undefined);
  }
});

test("FD2 texts of any kind in the fields are refused or read as exactly what was written", () => {
  const piece = fc.constantFrom(...`${FIRST.signature_input}\\,  \t\n0Aa%é`);
  const change = fc.record({ at: fc.nat(FIRST.signature_input.length), cut: fc.nat(3), put: fc.array(piece) });
  always(change, 5000, ({ at, cut, put }) => {
    const text = FIRST.signature_input.slice(0, at) + put.join("") + FIRST.signature_input.slice(at + cut);
    let read;
    try {
      read = readSignature({ "signature-input": text, signature: FIRST.signature });
    } catch (error) {
      assert(error instanceof StairwellError && error.code === "SW_FED_SIGNATURE");
      return;
    }
    assert.equal(`${SIGNATURE_LABEL}=${signatureInput(read, read.coversBody)}`, text);
  });
});

test("FD2 a digest is SHA-256 in one form, and every other field is refused: FIN-03", () => {
  for (const { body, content_digest } of VECTORS.rfc9530) assert.equal(digestOf(body), content_digest);
  const right = digestOf("x");
  assert.equal(contentDigest(readContentDigest(right)!), right);
  for (const wrong of [
    "",
    right.toUpperCase(),
    right.replace("sha-256", "SHA-256"),
    right.replace("sha-256", "sha-512"),
    `${right}, ${right}`,
    `${right}, sha-512=:AAAA:`,
    `unixsum=30637, ${right}`,
    `${right};x`,
    ` ${right}`,
    `${right} `,
    right.replace("=:", "= :"),
    right.replace("=:", "=").replace(/:$/, ""),
    right.replace("=:", '="').replace(/:$/, '"'),
    right.replace(/=:$/, ":"),
    // The last letter has two bits that mean nothing.
    right.replace(/(.)=:$/, (_, last: string) => `${String.fromCodePoint(last.codePointAt(0)! + 1)}=:`),
  ]) {
    assert.equal(readContentDigest(wrong), undefined, wrong);
  }
});

test("FD2 a signature is good from its making to its end, by clocks that are at most 60 s apart: FIN-17, FIN-18", () => {
  const created = 1_767_323_045;
  const check = (life: number, nowS: number) => () => checkTimes({ created, expires: created + life }, nowS * 1000);
  check(60, created)();
  check(1, created)();
  check(60, created - 60)();
  check(60, created + 59.999)();
  for (const [life, now, says] of [
    [0, created, /expires 1 to 60 seconds/],
    [-1, created, /expires 1 to 60 seconds/],
    [61, created, /expires 1 to 60 seconds/],
    [60, created + 60, /has expired/],
    [30, created + 30, /has expired/],
    [60, created + 61, /61 s before our time; clocks may be 60 s apart/],
    [60, created - 61, /61 s after our time; clocks may be 60 s apart/],
    [60, created - 301, /301 s after our time/],
    [60, created + 600, /600 s before our time/],
    [60, 0, /after our time/],
  ] as const) {
    assert.throws(
      check(life, now),
      (error) => error instanceof StairwellError && error.code === "SW_FED_SIGNATURE" && says.test(error.message),
      `${life} ${now - created}`,
    );
  }
});
