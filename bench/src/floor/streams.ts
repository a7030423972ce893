import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { JoinedWrites, textFrame } from "./joined-writes.ts";
import type { Way } from "./joined-writes.ts";
import type { FloorStore } from "./store.ts";
import type { WriteGroup } from "./write-group.ts";

interface SendFrame {
  type: "send";
  ref: string;
  room_id: string;
  content: unknown;
}

interface ReadFrame {
  type: "read";
  ref: string;
  room_id: string;
  event_id: string;
}

/** The floor's streams: who listens to which room, one encoding an event, joined writes. */
export class FloorStreams {
  readonly #store: FloorStore;
  readonly #group: WriteGroup;
  readonly #rooms = new Map<string, Set<Way>>();
  readonly #writes = new JoinedWrites();
  readonly #upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

  constructor(store: FloorStore, group: WriteGroup) {
    this.#store = store;
    this.#group = group;
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const participant = request.headers.authorization!.slice("Bearer ".length);
    this.#upgrades.handleUpgrade(request, socket, head, (ws) => {
      const way: Way = { socket, due: [] };
      const roomIds = this.#store.roomsOf(participant);
      for (const roomId of roomIds) {
        let room = this.#rooms.get(roomId);
        if (room === undefined) this.#rooms.set(roomId, (room = new Set()));
        room.add(way);
      }
      ws.on("message", (data: Buffer) => {
        this.#hear(way, participant, JSON.parse(data.toString()) as SendFrame | ReadFrame);
      });
      ws.on("close", () => {
        for (const roomId of roomIds) this.#rooms.get(roomId)!.delete(way);
      });
      this.#writes.push(way, textFrame('{"type":"hello"}'));
    });
  };

  #hear(way: Way, participant: string, frame: SendFrame | ReadFrame): void {
    const ack = `{"type":"ack","ref":"${frame.ref}"`;
    if (frame.type === "read") {
      const mark = () => this.#store.markRead(frame.room_id, participant, frame.event_id);
      this.#group.join(mark, () => this.#writes.push(way, textFrame(`${ack}}`)));
      return;
    }
    const content = JSON.stringify(frame.content);
    this.#group.join(
      () => this.#store.send(frame.room_id, participant, content),
      (event) => {
        // First, so that the sender's next is there when the room has its due.
        this.#writes.push(way, textFrame(`${ack},"event":${event}}`));
        const bytes = textFrame(`{"type":"swp.room.message",${event.slice(1)}`);
        for (const member of this.#rooms.get(frame.room_id)!) this.#writes.push(member, bytes);
      },
    );
  }
}
