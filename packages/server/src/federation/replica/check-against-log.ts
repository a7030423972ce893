import { envelopeText, StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { listAfter } from "../../events/index.ts";
import { sha256 } from "../../lib/random.ts";
import type { StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { conflicting } from "./conflict.ts";
import type { ReplicaParts } from "./peer.ts";

/**
 * Holds a run of a hub's log, whose last event its signed head names, against what is here. Only a run that is a chain can
 * show that a hub has said two things of one position: what is none is just wrong, and freezes nothing. `SW_FED_SIGNATURE`;
 * `SW_ROOM_FROZEN` after a conflict.
 */
export async function checkAgainstLog(
  parts: ReplicaParts,
  tenant: Tenant,
  at: StoredRoom,
  events: readonly WireEvent[],
  head: SignedHead,
): Promise<void> {
  checkChain(events);
  const [first] = events;
  const said = events.map(({ envelope, hash }) => ({ position: envelope.position, hash }));
  const before = { position: first!.envelope.position - 1, hash: first!.envelope.prev_hash };
  const present = await listAfter(parts.db, at, before.position - 1, said.length + 1);
  const byPosition = new Map(present.map((event) => [event.position, event]));
  for (const { position, hash } of [before, ...said]) {
    const here = byPosition.get(position);
    if (here !== undefined && here.hash !== hash)
      throw await conflicting(parts, tenant, at, here, hash, { events, head });
  }
}

function checkChain(events: readonly WireEvent[]): void {
  let before: WireEvent | undefined;
  for (const event of events) {
    const { envelope, hash } = event;
    const follows =
      before === undefined ||
      (envelope.prev_hash === before.hash && envelope.position === before.envelope.position + 1);
    if (!follows || sha256(envelopeText(envelope)) !== hash) {
      throw new StairwellError("SW_FED_SIGNATURE", {
        message: `Position ${envelope.position}: it is not what was hashed, or does not follow.`,
        rule: "FD17",
      });
    }
    before = event;
  }
}
