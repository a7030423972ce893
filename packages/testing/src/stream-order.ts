/** A frame of the stream, as it came. */
export interface Frame {
  readonly type: string;
  // Tests look into frames of every shape; a wrong guess fails their assertions.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any;
}

/** Whether a frame is an event of a room, and no other news. */
export function isEvent(frame: Frame): boolean {
  return frame.type.includes(".");
}

/** What is known of one room from the events that came. */
interface Place {
  position: number;
  isJoined: boolean;
}

/**
 * Watches the events of one person's stream: they come in the order of the tenant's commits; in each room positions
 * grow, without a gap while the person is joined, and while they are not, nothing comes but member events about them
 * (ST2, ST3).
 */
export class StreamOrder {
  readonly #participantId: string;
  readonly #rooms = new Map<string, Place>();
  #commit = 0;

  constructor(participantId: string) {
    this.#participantId = participantId;
  }

  /** The next event; answers what is wrong with it. */
  see(event: Frame): string | undefined {
    const { room_id: roomId, stream_position: position } = event as unknown as {
      room_id: string;
      stream_position: number;
    };
    const commit = commitOf(event);
    if (commit <= this.#commit) return `an event came out of the order of commits: ${commit} after ${this.#commit}`;
    this.#commit = commit;
    const place = this.#rooms.get(roomId);
    const isOwn = event.type === "swp.room.member" && event.content.participant === this.#participantId;
    const fault = place && faultOf(place, position, isOwn);
    // Whatever else comes is due to members only.
    this.#rooms.set(roomId, { position, isJoined: !isOwn || event.content.membership === "join" });
    return fault && `${fault}: ${event.type} at ${position} of ${roomId}, after ${place!.position}`;
  }

  /** The client reloads, or begins from now: what comes next may follow on anything. */
  forget(): void {
    this.#rooms.clear();
    this.#commit = 0;
  }
}

/** Clients take a cursor as it is; in this server it ends in the tenant's commit sequence. */
function commitOf({ cursor }: Frame): number {
  return Number.parseInt((cursor as string).split(".")[1]!, 36);
}

function faultOf(place: Place, position: number, isOwn: boolean): string | undefined {
  if (position === place.position) return "an event came twice";
  if (position < place.position) return "an event came out of order";
  if (place.isJoined && position > place.position + 1) return "events are missing";
  if (!place.isJoined && !isOwn) return "an event is not due";
  return undefined;
}
