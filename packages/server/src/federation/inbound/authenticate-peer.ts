import { StairwellError } from "@stairwell/protocol";
import { checkTimes } from "@stairwell/protocol/signing";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import type { PeerKeys } from "../discovery/peer-keys.ts";
import { mustAdmit } from "../must-admit.ts";
import { destinationOf } from "../discovery/destination.ts";
import { Once } from "./once.ts";
import type { PeerRates } from "./peer-rates.ts";
import type { PeerRequest } from "./peer-request.ts";
import { readRequest, type RequestHead } from "./read-request.ts";

export interface PeerAuthentication {
  readonly db: Db;
  readonly clock: Pick<Clock, "now">;
  readonly peerKeys: PeerKeys;
  readonly rates: Pick<PeerRates, "take">;
}

/**
 * Who signed a request, from its head alone, the cheap steps first: whom it is for (404), the form of the signature and
 * its time (401), policy by the name it claims (403), and only then its key, which may have to be fetched (401, 403), and how
 * often that server asks (429). So nobody whom policy keeps out makes us ask anybody anything.
 */
export async function authenticatePeer(
  parts: PeerAuthentication,
  head: RequestHead,
  host: string | undefined,
): Promise<PeerRequest> {
  const { db, clock, peerKeys, rates } = parts;
  const tenant = await destinationOf(db, host);
  if (tenant === undefined) throw new StairwellError("SW_NOT_FOUND");
  const { signature, text, digest } = readRequest(head, tenant.serverName);
  const { serverName, keyId, nonce } = signature;
  checkTimes(signature, clock.now());
  if (serverName === tenant.serverName) throw refused("A server does not ask itself.");
  const peer = { tenant, serverName, keyId, nonce, digest };
  await mustAdmit(db, tenant.tenantNo, serverName).catch(async (refusal: unknown) => {
    await spend(parts, peer, (publicKey) => verifyEd25519(publicKey, text, signature.value));
    throw refusal;
  });
  const { publicKey } = await peerKeys.keyFor(tenant.tenantNo, serverName, keyId);
  if (!verifyEd25519(publicKey, text, signature.value)) throw refused("The signature does not fit.");
  rates.take(tenant.tenantNo, serverName);
  return peer;
}

/**
 * Whom policy keeps out is told that nothing was done of what they ask. So it is taken all the same, where it is theirs by a
 * key that is pinned: were they admitted in the next moment, whoever brings it once more is not to have it done.
 */
async function spend(
  { db, peerKeys, rates }: PeerAuthentication,
  peer: PeerRequest,
  isSignedBy: (publicKey: string) => boolean,
): Promise<void> {
  const { tenantNo } = peer.tenant;
  const key = await peerKeys.findPinned(tenantNo, peer.serverName, peer.keyId);
  if (key === undefined || !isSignedBy(key.publicKey)) return;
  rates.take(tenantNo, peer.serverName);
  await new Once(db, peer).take();
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD2" });
}
