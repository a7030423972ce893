import { StairwellError } from "@stairwell/protocol";
import { isAdmin } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import type { Participant } from "./participant.ts";
import { hasOtherAdmin } from "./participants.store.ts";

/** AU8: a tenant that has an admin keeps one. `SW_ROOM_LAST_ADMIN` when somebody is the last who can act as one. */
export async function keepAnAdmin(reader: Reader, tenantNo: number, who: Participant): Promise<void> {
  if (!isAdmin(who) || (await hasOtherAdmin(reader, tenantNo, who.participantNo))) return;
  throw new StairwellError("SW_ROOM_LAST_ADMIN", {
    message: "The tenant would be left without an admin; give the role to somebody else first.",
    rule: "AU8",
  });
}
