import { envelopeText, type JsonObject, parseFqid, proposalText, StairwellError } from "@stairwell/protocol";
import type { WireEvent } from "@stairwell/protocol/federation";
import { breakAfter, type CameEvent, contentFault, type Head } from "../../events/index.ts";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { sha256 } from "../../lib/random.ts";
import { fromWireEvent } from "../wire/wire-event.ts";
import { unmeant } from "./check-meaning.ts";

/** The key of any server by its id, good for something that was sequenced at a time (FD1). */
export type KeyAt = (serverName: string, keyId: string, hubTs: number) => Promise<string | undefined>;

/**
 * A run of events of one room's log, oldest first, as they came from its hub: each the successor of the one before it, its
 * content what was hashed, and whatever people of other servers said signed by theirs. `before`: the end of the log that
 * they continue; undefined where only a later one is known, which the caller checks. `live`: they come after our first join. `SW_FED_SIGNATURE` with what is wrong.
 */
export async function checkEvents(
  keyAt: KeyAt,
  roomId: CameEvent["eventId"] | string,
  hub: string,
  before: Pick<Head, "position" | "hash"> | undefined,
  wire: readonly WireEvent[],
  { live }: { live: boolean },
): Promise<CameEvent[]> {
  const came: CameEvent[] = [];
  let head = before;
  for (const event of wire) {
    const { envelope } = event;
    if (envelope.room_id !== roomId) throw refused("An event of another room came.");
    const next = fromWireEvent(event);
    const fault =
      head === undefined
        ? sha256(envelopeText(envelope)) === event.hash
          ? contentFault(next)
          : "the envelope is not what was hashed"
        : envelope.prev_hash === head.hash
          ? breakAfter(envelope.room_id, head, next)
          : "it does not follow what is here";
    const reason = fault ?? unmeant(hub, next, event.content as JsonObject | undefined, live);
    if (reason !== undefined) throw refused(`Position ${next.position}: ${reason}.`);
    await checkAuthor(keyAt, hub, event);
    came.push(next);
    head = { position: next.position, hash: next.hash };
  }
  return came;
}

/** FD4: the hub's heads speak for its own people; for those of another server, that server does. */
async function checkAuthor(keyAt: KeyAt, hub: string, { envelope, signatures }: WireEvent): Promise<void> {
  const author = envelope.imported ? null : (envelope.acted_by ?? envelope.sender);
  const serverName = author === null ? hub : author.slice(author.indexOf(":") + 1);
  if (serverName === hub) {
    if (signatures.length === 0) return;
    throw refused(`Position ${envelope.position}: what nobody of another server said is signed.`);
  }
  const [signature] = signatures;
  if (parseFqid(author!) === undefined || signature?.server_name !== serverName || signatures.length !== 1) {
    throw refused(`Position ${envelope.position}: what somebody of ${serverName} said is not signed by it.`);
  }
  const publicKey = await keyAt(serverName, signature.key_id, envelope.hub_ts);
  if (publicKey !== undefined && verifyEd25519(publicKey, proposalText(envelope), signature.value)) return;
  throw refused(`Position ${envelope.position}: the signature of ${serverName} does not fit.`);
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message, rule: "FD17" });
}
