import { isUtf8 } from "node:buffer";
import { type Json, type JsonObject, parseStrictJson, StairwellError } from "@stairwell/protocol";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { type Answered, OutboundFault, type Outgoing, type WayOut } from "../../lib/outbound.ts";
import { mustAdmit } from "../must-admit.ts";
import { WIRE_DEPTH } from "../wire/wire-values.ts";
import { findSigningKey, type Tenant } from "../../tenants/index.ts";
import type { PeerKeys } from "../discovery/peer-keys.ts";
import { type Hosts, placeOf } from "../discovery/place.ts";
import { OUTBOUND_LIMITS } from "./limits.ts";
import { signRequest, type UnsignedRequest } from "./sign-request.ts";

export interface AskParts {
  readonly db: Db;
  readonly clock: Pick<Clock, "now">;
  readonly outbound: WayOut;
  readonly hosts: Hosts;
  readonly peerKeys: PeerKeys;
}

/** What another server answered: its `data`, or the code of its refusal, with the milliseconds that it asks to wait. */
export type PeerAnswer =
  | { readonly status: number; readonly data: Json }
  | { readonly status: number; readonly code: string; readonly message: string; readonly waitMs: number };

/**
 * Asks another server something on behalf of a tenant: signed, by its own name, and only while its keys are those that we
 * know. `target` is path and query behind the prefix of federation calls, already encoded. What it answers is untrusted
 * JSON. `SW_FED_POLICY` where our own policy keeps it out; `SW_FED_PEER_UNKNOWN` and `SW_FED_PEER_UNREACHABLE` with what
 * to do; `SW_FED_OUTCOME_UNKNOWN` where it may have got the request and did not answer, or not in a way that we can read.
 */
export async function askPeer(
  parts: AskParts,
  tenant: Tenant,
  serverName: string,
  request: UnsignedRequest,
): Promise<PeerAnswer> {
  const ask = async (): Promise<PeerAnswer> => {
    const signed = await signedFor(parts, tenant, serverName, request, "application/json");
    return readAnswer(await parts.outbound.ask(placeOf(parts.hosts, serverName), { ...signed, ...OUTBOUND_LIMITS }));
  };
  try {
    // Whatever is said between servers may be said again: what it had arrived for is recognised.
    return await ask().catch((error) => {
      if (error instanceof OutboundFault && error.isStale) return ask();
      throw error;
    });
  } catch (cause) {
    if (!(cause instanceof OutboundFault)) throw cause;
    const code = cause.mayHaveArrived ? "SW_FED_OUTCOME_UNKNOWN" : "SW_FED_PEER_UNREACHABLE";
    throw new StairwellError(code, { message: `${serverName}: ${cause.message}.`, cause });
  }
}

/** A request as it leaves for another server. `SW_FED_POLICY`, and as `PeerKeys.know`. */
export async function signedFor(
  { db, clock, peerKeys }: Omit<AskParts, "outbound" | "hosts">,
  tenant: Tenant,
  serverName: string,
  { method, target, body }: UnsignedRequest,
  accept: string,
): Promise<Pick<Outgoing, "method" | "target" | "body" | "headers">> {
  // Whoever is to be invited is asked for first.
  await mustAdmit(db, tenant.tenantNo, serverName, { isOffer: target.startsWith("/profile/") });
  await peerKeys.know(tenant.tenantNo, serverName);
  const key = await findSigningKey(db, tenant.tenantNo, clock.now());
  if (key === undefined) throw new Error("a tenant without a signing key");
  const unsigned = { method, target: `/_stairwell/federation/v1${target}`, body };
  const signed = signRequest(unsigned, { serverName: tenant.serverName, key }, serverName, clock.now());
  return { ...unsigned, headers: { ...signed, accept, "accept-encoding": "identity", "user-agent": "stairwell" } };
}

/** Codes are shown to administrators, and written to the log: what is none is not one of ours. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

function readAnswer({ status, headers, body }: Answered): PeerAnswer {
  const isJson = /^application\/json[ \t]*(?:;|$)/i.test(headers["content-type"] ?? "");
  const whole = isJson && isUtf8(body) ? parsed(body.toString("utf8")) : undefined;
  if (status >= 200 && status < 300 && whole?.data !== undefined) return { status, data: whole.data };
  const error = whole?.error as JsonObject | undefined;
  if (status >= 400 && typeof error?.code === "string" && CODE.test(error.code) && typeof error.message === "string") {
    return { status, code: error.code, message: error.message, waitMs: waitIn(headers["retry-after"]) };
  }
  throw new OutboundFault(`its answer (${status}) is not one of a Stairwell server`, true);
}

/** `Retry-After` in seconds, as our servers say it; anything else says nothing. */
function waitIn(retryAfter: string | undefined): number {
  return /^[0-9]{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1000 : 0;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const json = parseStrictJson(text, WIRE_DEPTH);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
