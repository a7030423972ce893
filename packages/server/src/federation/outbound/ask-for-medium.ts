import type { IncomingHttpHeaders } from "node:http";
import { StairwellError } from "@stairwell/protocol";
import { type Staged, type Staging, TooManyBytes } from "../../blobs/index.ts";
import type { Log } from "../../lib/log.ts";
import { OutboundFault } from "../../lib/outbound.ts";
import type { Wanted } from "../../media/index.ts";
import { noteFailure } from "../../peers/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { placeOf } from "../discovery/place.ts";
import { type AskParts, signedFor } from "./ask-peer.ts";

export interface MediumParts extends AskParts {
  readonly staging: Staging;
  readonly log: Log;
}

/** What a call may take (FD21), and the slowest that a file may come beside it: 128 KiB a second. */
const CALL_MS = 30_000;
const BYTES_A_MS = 128 * 1.024;
/** Of a refusal. */
const MOST_BYTES = 64 * 1024;

/** The other server gave something else than its people had sent. */
class WrongBytes extends Error {}

/**
 * Receives a medium from the server of who sent it (FD19): as many bytes as it was said to have, of that hash. Nothing is left
 * of anything else. `SW_FED_PEER_UNREACHABLE` where it is refused, cannot be reached, or gives other bytes, which is noted
 * for administrators; `SW_FED_OUTCOME_UNKNOWN` where it does not come in time; `SW_STORE_FULL`; as `askPeer`.
 */
export async function askForMedium(
  parts: MediumParts,
  tenant: Tenant,
  { serverName, roomId, sha256, size }: Wanted,
): Promise<Staged> {
  const target = `/rooms/${encodeURIComponent(roomId)}/media/${sha256}`;
  const signed = await signedFor(parts, tenant, serverName, { method: "GET", target }, "application/octet-stream");
  let receiving: Promise<Staged> | undefined;
  try {
    const { status } = await parts.outbound.ask(placeOf(parts.hosts, serverName), {
      ...signed,
      deadlineMs: CALL_MS + Math.ceil(size / BYTES_A_MS),
      mostBytes: MOST_BYTES,
      async into(body, headers) {
        checkHeaders(headers, size);
        receiving = parts.staging.receive(body, size);
        await receiving;
      },
    });
    if (receiving === undefined) throw refused(serverName, status);
    const staged = await receiving;
    if (staged.size !== size || staged.sha256 !== sha256) throw new WrongBytes();
    return staged;
  } catch (error) {
    // A connection that ends is heard of before what came over it is gone.
    await (receiving as Promise<Staged> | undefined)?.then(
      (staged) => staged.discard(),
      () => {},
    );
    throw await told(parts, tenant, { serverName, roomId }, error);
  }
}

function checkHeaders(headers: IncomingHttpHeaders, size: number): void {
  const { "content-encoding": encoding = "identity", "content-length": length, "content-type": type } = headers;
  if (encoding !== "identity") throw new Error("its answer is compressed, which was not asked for");
  if (type !== "application/octet-stream") throw new Error("it answers with something else than a file");
  if (length !== undefined && Number(length) !== size) throw new WrongBytes();
}

async function told(
  { db, log }: MediumParts,
  { tenantNo }: Tenant,
  { serverName, roomId }: Pick<Wanted, "serverName" | "roomId">,
  error: unknown,
): Promise<unknown> {
  const cause = error instanceof OutboundFault && error.cause !== undefined ? error.cause : error;
  if (cause instanceof WrongBytes || cause instanceof TooManyBytes) {
    const fault = `It gave other bytes than one of its people had sent, in the room ${roomId}.`;
    log.warn({ peer: serverName, roomId }, "another server gave other bytes than one of its people had sent");
    await db.write({ tenantNo }, (tx) => noteFailure(tx, tenantNo, serverName, fault)).catch(() => {});
    return unreachable(
      `${serverName} gave other bytes than were sent, and nothing of them was kept. Ask its sender to send the file again.`,
      error,
    );
  }
  if (cause instanceof StairwellError) return cause;
  if (!(error instanceof OutboundFault)) return error;
  if (!error.mayHaveArrived) {
    return unreachable(
      `${serverName}, which alone has the file, cannot be reached: ${error.message}. Try again later.`,
      error,
    );
  }
  return new StairwellError("SW_FED_OUTCOME_UNKNOWN", {
    message: `${serverName} did not give the file: ${error.message}. Try again later.`,
    rule: "FD19",
    cause: error,
  });
}

function refused(serverName: string, status: number): StairwellError {
  const whom = status === 403 ? "whom its policy keeps out" : "or not any more";
  return status === 404 || status === 403
    ? unreachable(
        `${serverName} does not give this file to this server, ${whom}. Ask its sender to send it again, or that server's ` +
          "administrators.",
      )
    : unreachable(`${serverName} cannot give the file now (${status}). Try again later.`);
}

function unreachable(message: string, cause?: unknown): StairwellError {
  return new StairwellError("SW_FED_PEER_UNREACHABLE", { message, rule: "FD19", cause });
}
