import { handedMembers, handedRoom, type StoredRoom } from "../state/index.ts";
import { MEMBER, type MemberState, type RoomState } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import type { StoredEvent } from "../events/index.ts";
import { findTenant } from "../tenants/index.ts";
import { findReplicaRow, type ReplicaRow } from "./shared.store.ts";

/** From where a room's log is here, and from where its rows are the fold of it: all of it, unless it is a replica. */
export class Standpoint {
  /** Undefined for a room of our own. */
  readonly replica: ReplicaRow | undefined;
  readonly #stored: StoredRoom;

  private constructor(stored: StoredRoom, replica: ReplicaRow | undefined) {
    this.#stored = stored;
    this.replica = replica;
  }

  static async of(reader: Reader, stored: StoredRoom): Promise<{ standpoint: Standpoint; fault: string | undefined }> {
    const replica = await findReplicaRow(reader, stored);
    const isOurs = (await findTenant(reader, stored.tenantNo))?.serverName === stored.hub;
    const fault =
      isOurs === (replica === undefined)
        ? undefined
        : isOurs
          ? "the room is ours, and on record as a replica"
          : "the room is another server's, and not on record as a replica";
    return { standpoint: new Standpoint(stored, replica), fault };
  }

  /** The first position of the log that is here without a gap; undefined where there are but invites. */
  get oldest(): number | undefined {
    return this.replica === undefined ? 1 : (this.replica.oldest ?? undefined);
  }

  /** The last position that the rows are not the fold of. */
  get base(): number {
    return this.replica?.base?.position ?? 0;
  }

  /** What the rows were before that fold. */
  get room(): RoomState | undefined {
    if (this.replica === undefined) return undefined;
    return this.replica.base === null ? this.#stored.room : handedRoom(this.replica.base);
  }

  get members(): readonly MemberState[] {
    return this.replica?.base ? handedMembers(this.replica.base) : [];
  }

  /** It came before the log did, alone, for somebody here to see: an invite. */
  isAlone({ position, seq, eventType }: StoredEvent): boolean {
    if (eventType !== MEMBER) return false;
    return this.replica !== undefined && seq > 0 && (this.replica.base === null || position <= this.base);
  }

  /** It was fetched later: nothing was made of it but what it says of other such events. */
  isHistory({ seq }: StoredEvent): boolean {
    return this.replica !== undefined && seq <= 0;
  }
}
