import { canonical, contentHashText, proposalText, StairwellError } from "@stairwell/protocol";
import type { ProposedEvent } from "@stairwell/protocol/federation";
import { isPeerName } from "@stairwell/protocol/signing";
import { parseFqid } from "@stairwell/protocol";
import { sha256 } from "../../lib/random.ts";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { isWireDepth, isWireId, isWireTime } from "../wire/wire-values.ts";
import type { KeyOf } from "../wire/heads.ts";

/**
 * Whether a proposal is what its server signed, and of that server's own people alone (FD15): nothing is looked up but the
 * key. `SW_FED_SIGNATURE`; `SW_FED_POLICY` for somebody of another server.
 */
export async function checkProposal(keyOf: KeyOf, serverName: string, event: ProposedEvent): Promise<void> {
  for (const fqid of [event.sender, event.acted_by]) {
    if (fqid === null) continue;
    const name = parseFqid(fqid);
    if (name === undefined || name.serverName !== serverName || !isPeerName(name.serverName)) {
      throw new StairwellError("SW_FED_POLICY", {
        message: "A server speaks for its own people alone.",
        rule: "FD15",
      });
    }
  }
  if (!isWireId(event.id) || !isWireTime(event.origin_ts) || !isWireDepth(event.content)) {
    throw new StairwellError("SW_REQUEST_INVALID", {
      message: "The proposal has an id, a time or a depth that cannot be.",
    });
  }
  const { publicKey } = await keyOf(event.signature.key_id);
  if (!verifyEd25519(publicKey, proposalText(event), event.signature.value)) {
    throw new StairwellError("SW_FED_SIGNATURE", {
      message: "The proposal is not signed by its server.",
      rule: "FD4",
    });
  }
  if (sha256(contentHashText(canonical(event.content), event.salt)) === event.content_hash) return;
  throw new StairwellError("SW_FED_SIGNATURE", { message: "The content is not what was hashed.", rule: "FD4" });
}
