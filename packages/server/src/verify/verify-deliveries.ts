import { type JsonObject, parseFqid } from "@stairwell/protocol";
import { FEDERATION, MEMBER, type MemberState, type RoomState } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import type { StoredEvent } from "../events/index.ts";
import type { StoredRoom } from "../state/index.ts";
import { listDeliveryRows } from "./shared.store.ts";

/** A room and the member that an event is about. */
export interface Folded {
  readonly room: RoomState | undefined;
  readonly member: MemberState | undefined;
}

interface Due {
  joined: number;
  invited: number;
  first_position: number | null;
  last_position: number | null;
}

/** Holds the record of which servers a room of ours is shared with against its log (FD16). */
export class DeliveryCheck {
  readonly #stored: StoredRoom;
  readonly #due = new Map<string, Due>();
  readonly #members = new Map<string, MemberState>();

  constructor(stored: StoredRoom) {
    this.#stored = stored;
  }

  take({ position, eventType }: StoredEvent, content: JsonObject | null, before: Folded, after: Folded): void {
    if (eventType === MEMBER && after.member !== undefined) this.#members.set(after.member.fqid, after.member);
    if (after.room?.federated !== true && before.room?.federated !== true) return;
    if (eventType === FEDERATION && content?.enabled === false) {
      for (const due of this.#due.values()) {
        due.last_position ??= position;
        due.joined = due.invited = 0;
      }
      return;
    }
    if (eventType === FEDERATION) return this.#begin();
    if (eventType !== MEMBER || after.member === undefined || after.room?.federated !== true) return;
    const serverName = parseFqid(after.member.fqid)?.serverName;
    if (serverName === undefined || serverName === this.#stored.hub) return;
    const due = this.#due.get(serverName) ?? { joined: 0, invited: 0, first_position: null, last_position: null };
    for (const [membership, count] of [
      ["join", "joined"],
      ["invite", "invited"],
    ] as const) {
      due[count] += Number(after.member.membership === membership) - Number(before.member?.membership === membership);
    }
    if (after.member.membership === "join") due.first_position ??= position;
    due.last_position = due.joined > 0 ? null : position;
    this.#due.set(serverName, due);
  }

  /** Whoever of another server is in a room before it is shared has opened it (FD24). */
  #begin(): void {
    for (const { fqid, membership, joinedPosition } of this.#members.values()) {
      const serverName = parseFqid(fqid)?.serverName;
      if (membership !== "join" || serverName === undefined || serverName === this.#stored.hub) continue;
      this.#due.set(serverName, { joined: 1, invited: 0, first_position: joinedPosition, last_position: null });
    }
  }

  /** What is wrong with the rows, where the log ends at a position. */
  async end(reader: Reader, position: number): Promise<string[]> {
    const rows = await listDeliveryRows(reader, this.#stored);
    const problems: string[] = [];
    for (const row of rows) {
      const due = this.#due.get(row.server_name);
      const wrong = (["joined", "invited", "first_position", "last_position"] as const).filter(
        (key) => due?.[key] !== row[key],
      );
      if (wrong.length > 0) problems.push(`shared with ${row.server_name}: ${wrong.join(", ")} not as the log says`);
      if (row.confirmed_position > position) problems.push(`${row.server_name} confirmed more than there is`);
    }
    for (const name of this.#due.keys()) {
      if (!rows.some((row) => row.server_name === name)) problems.push(`shared with ${name}: has no row`);
    }
    return problems;
  }
}
