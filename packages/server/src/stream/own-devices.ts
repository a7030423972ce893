import { Type } from "@stairwell/protocol/schema";
import type { Actor } from "../auth/index.ts";
import { type Bus, channelOf } from "../bus/index.ts";
import { type ChangeSettingsParts, type Read, readView, settingsView } from "../reading/index.ts";
import { textFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";

const Personal = Type.Object({ tenantNo: Type.Integer(), participantNo: Type.Integer(), frame: Type.String() });

/** How the frame begins of what is kept for its person (FD13). */
const REFUSED = '{"type":"refused"';

/** Tells a person's own devices, on whichever node they listen, what they did on another (RD5). */
export class OwnDevices {
  readonly #hub: Hub;
  readonly #now: () => number;
  readonly #elsewhere;

  constructor(hub: Hub, bus: Bus, now: () => number) {
    this.#hub = hub;
    this.#now = now;
    this.#elsewhere = channelOf(bus, "personal", Personal);
    this.#elsewhere.hear(({ tenantNo, participantNo, frame }) => this.#note(tenantNo, participantNo, frame));
  }

  /** Their read marker moved. */
  readonly onRead = ({ tenant, participantNo }: Actor, roomId: string, read: Read): void => {
    this.#tell(tenant.tenantNo, participantNo, { type: "read_marker", room_id: roomId, ...readView(read) });
  };

  /** Their settings of a room changed: they are in force on the live notifications from now on. */
  readonly onSettings: ChangeSettingsParts["onSettings"] = (
    { tenant, participantNo },
    { roomNo, roomId },
    settings,
  ) => {
    this.#hub.find(tenant.tenantNo, participantNo)?.settingsChanged(roomNo, settings);
    const frame = { type: "member_settings", room_id: roomId, ...settingsView(settings, this.#now()) };
    this.#tell(tenant.tenantNo, participantNo, frame);
  };

  /** Something they said in a room of another server, which was answered 202, is refused there (FD13). */
  readonly onRefused = (tenantNo: number, participantNo: number, refused: object): void => {
    this.#tell(tenantNo, participantNo, { type: "refused", ...refused });
  };

  /** They are leaving a room of another server, which has not said so yet, or are not after all (FD13). */
  readonly onLeaving = (
    at: { readonly tenantNo: number; readonly roomNo: number; readonly roomId: string },
    participantNo: number,
    leaving: boolean,
  ): Promise<void> => {
    this.#tell(at.tenantNo, participantNo, { type: "leaving", room_id: at.roomId, leaving });
    return this.#hub.settingsChanged(at.tenantNo, participantNo, at.roomNo);
  };

  #tell(tenantNo: number, participantNo: number, value: object): void {
    const frame = JSON.stringify(value);
    this.#note(tenantNo, participantNo, frame);
    this.#elsewhere.tell({ tenantNo, participantNo, frame });
  }

  #note(tenantNo: number, participantNo: number, frame: string): void {
    const listener = this.#hub.find(tenantNo, participantNo);
    listener?.note(textFrame(frame));
    if (frame.startsWith(REFUSED)) listener?.lookAgain();
  }
}
