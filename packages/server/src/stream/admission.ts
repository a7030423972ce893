import type { IncomingMessage } from "node:http";
import { StairwellError } from "@stairwell/protocol";
import type { TicketOffice } from "./tickets.ts";

export interface AdmissionParts {
  tickets: TicketOffice;
  /** The credential in a request's `Authorization` header; throws `SW_AUTH_INVALID_TOKEN`. */
  headerCredential: (request: IncomingMessage) => string;
}

/** What an upgrade asks for. */
export interface Asked {
  readonly credential: string;
  readonly since: string | null;
}

const PARAMETERS = new Set(["ticket", "token", "since"]);

/**
 * Reads an upgrade's credential: the `Authorization` header, a ticket, or for plain clients `?token=`, which a web page
 * may use from the server's own origin only. `SW_REQUEST_INVALID`, `SW_AUTH_INVALID_TOKEN`,
 * `SW_AUTH_INSUFFICIENT_PERMISSION` for another origin.
 */
export async function readUpgrade(
  request: IncomingMessage,
  { tickets, headerCredential }: AdmissionParts,
): Promise<Asked> {
  const query = new URL(request.url ?? "/", "http://stream").searchParams;
  for (const name of query.keys()) {
    if (PARAMETERS.has(name) && query.getAll(name).length === 1) continue;
    throw new StairwellError("SW_REQUEST_INVALID", {
      details: [{ path: `?${name}`, reason: "is not known here, or repeated" }],
    });
  }
  const since = query.get("since");
  const ticket = query.get("ticket");
  if (ticket !== null) {
    const credential = await tickets.redeem(ticket);
    if (credential === undefined) {
      throw new StairwellError("SW_AUTH_INVALID_TOKEN", { message: "The ticket was used, or is older than 30 s." });
    }
    return { credential, since };
  }
  const token = query.get("token");
  if (token !== null) {
    checkOrigin(request);
    return { credential: token, since };
  }
  return { credential: headerCredential(request), since };
}

function checkOrigin({ headers }: IncomingMessage): void {
  if (headers.origin === undefined) return;
  const host = URL.canParse(headers.origin) ? new URL(headers.origin).host : undefined;
  if (host === headers.host?.toLowerCase()) return;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
    rule: "ST1",
    message: "Another origin must use a ticket: POST /v1/stream/ticket.",
  });
}
