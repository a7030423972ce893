import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Whose signatures are taken. */
export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** What of a request is signed, as it came. */
export type SignedRequest = Pick<IncomingMessage, "method" | "url" | "headers">;

/** What a request says of its own signature, in its headers or in its query. */
interface Claim {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
  /** Seconds for which it is good. */
  readonly expires: number;
  readonly query: readonly [string, string][];
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const SKEW_SECONDS = 15 * 60;

/**
 * What an S3 store says of a request that is not signed as it should be (AWS Signature Version 4, in the header or in the
 * query); undefined when it is. Made from the published description alone, and shares nothing with what signs here. A
 * body is not held against its hash.
 */
export function signatureFault(request: SignedRequest, keys: S3Keys, now: Date): string | undefined {
  const claim = claimOf(request);
  if (claim === undefined) return "AccessDenied";
  const day = claim.date.slice(0, 8);
  const scope = `${day}/${keys.region}/s3/aws4_request`;
  if (!claim.credential.startsWith(`${keys.accessKey}/`)) return "InvalidAccessKeyId";
  if (claim.credential !== `${keys.accessKey}/${scope}`) return "AuthorizationHeaderMalformed";
  const age = (now.getTime() - timeOf(claim.date)) / 1000;
  if (!(age >= -SKEW_SECONDS)) return "RequestTimeTooSkewed";
  if (age > claim.expires) return claim.expires === SKEW_SECONDS ? "RequestTimeTooSkewed" : "AccessDenied";
  const names = claim.signedHeaders.split(";");
  const mustBe = ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))];
  if (mustBe.some((name) => !names.includes(name))) return "AccessDenied";
  const toSign = [ALGORITHM, claim.date, scope, sha256(canonical(request, claim, names))].join("\n");
  const key = [day, keys.region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${keys.secretKey}`);
  const [expected, given] = [hmac(key, toSign), Buffer.from(claim.signature, "hex")];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "SignatureDoesNotMatch";
  return undefined;
}

function claimOf({ url, headers }: SignedRequest): Claim | undefined {
  const query = queryOf(url!);
  const said = new Map(query);
  if (said.get("X-Amz-Algorithm") === ALGORITHM) {
    return {
      credential: said.get("X-Amz-Credential") ?? "",
      signedHeaders: said.get("X-Amz-SignedHeaders") ?? "",
      signature: said.get("X-Amz-Signature") ?? "",
      date: said.get("X-Amz-Date") ?? "",
      payloadHash: "UNSIGNED-PAYLOAD",
      expires: Number(said.get("X-Amz-Expires")),
      query: query.filter(([name]) => name !== "X-Amz-Signature"),
    };
  }
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
    headers.authorization ?? "",
  );
  const [payloadHash, date] = [headers["x-amz-content-sha256"], headers["x-amz-date"]];
  if (parts === null || typeof payloadHash !== "string" || typeof date !== "string") return undefined;
  const [, credential, signedHeaders, signature] = parts as unknown as [string, string, string, string];
  return { credential, signedHeaders, signature, date, payloadHash, expires: SKEW_SECONDS, query };
}

function canonical({ method, url, headers }: SignedRequest, claim: Claim, names: readonly string[]): string {
  const path = url!.split("?", 1)[0]!.split("/").map(decodeURIComponent).map(escaped).join("/");
  const query = claim.query
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join("&");
  const lines = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replaceAll(/ +/g, " ")}`,
  );
  return [method, path, query, ...lines, "", claim.signedHeaders, claim.payloadHash].join("\n");
}

function queryOf(url: string): [string, string][] {
  const at = url.indexOf("?");
  if (at < 0) return [];
  return url
    .slice(at + 1)
    .split("&")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
    });
}

/** Every byte but the unreserved ones of RFC 3986. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `20130524T000000Z`, in Unix milliseconds; NaN of anything else. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
