import { type Fqid, parseFqid } from "@stairwell/protocol";
import type { MemberState } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { listHeirs } from "./heirs.store.ts";
import { allMembers } from "./members.store.ts";
import type { StoredRoom } from "./room-row.ts";

/** People of other servers who are joined in a room or invited to it. */
export async function findForeigners(reader: Reader, stored: StoredRoom, serverName: string): Promise<MemberState[]> {
  const members = (await allMembers(reader, stored)).map(({ member }) => member);
  return members.filter(
    ({ fqid, membership }) =>
      (membership === "join" || membership === "invite") && parseFqid(fqid)?.serverName !== serverName,
  );
}

/** Who inherits a room when everybody of other servers goes: the first by MB15 of those who stay. */
export async function heirAmongOurs(reader: Reader, stored: StoredRoom, serverName: string): Promise<Fqid | undefined> {
  const [heir] = await listHeirs(reader, stored, 0, 1);
  return heir !== undefined && parseFqid(heir.fqid)?.serverName === serverName ? heir.fqid : undefined;
}
