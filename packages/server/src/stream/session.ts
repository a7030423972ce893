import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import type { ReadStore } from "../db/index.ts";
import { eventFrameJson } from "../messages/index.ts";
import type { Identities } from "../participants/index.ts";
import { listRefusals } from "../peers/index.ts";
import { cursorText, newestPlace } from "./cursor.ts";
import { type Due, dueAfter } from "./due.ts";
import { jsonFrame, pongFrame, textFrame } from "./frame.ts";
import { Held } from "./held.ts";
import type { Hub } from "./hub.ts";
import type { Listener, Receiver } from "./listener.ts";
import type { Outlet, Outlets } from "./outlet.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import { leadsNowhere } from "./leads-nowhere.ts";
import { refusedView } from "./refused.view.ts";
import { resumeFrom } from "./sync.ts";

export interface SessionParts {
  db: ReadStore;
  hub: Hub;
  identities: Identities;
  outlets: Outlets;
  metrics: Pick<StreamMetrics, "ended">;
  now: () => number;
}

/**
 * A stream's life. `history`: what is due after the cursor is read from rows, page by page, as fast as the client takes
 * it. What the hub brings from the beginning of a read on is held; when the read came to the end, what is held and was
 * not in it follows, and the stream is `live`: frames come from the hub.
 */
type Phase = { name: "history"; held: Held } | { name: "live"; after: number } | { name: "ended" };

/** Events a turn of a replay: enough to be quick, few enough to leave the loop to others. */
const PAGE = 200;
/** What of a replay may wait for the client, in bytes; the largest event fits on top of it. */
const HISTORY_BYTES = STREAM.bufferBytes / 4;

/** Frames that are no events and wait for the end of history. */
const MOST_NOTES = 100;

/** One open stream of one person. */
export class Session implements Receiver {
  readonly id: string;
  /** Proven again whenever something about it may have changed. */
  actor: Actor;
  readonly credential: string;
  readonly ws: WebSocket;
  /** Pings sent since the last pong. */
  unanswered = 0;
  readonly #parts: SessionParts;
  readonly #socket: Duplex;
  readonly #outlet: Outlet;
  #phase: Phase = { name: "history", held: new Held(0) };
  /** What was told that is no event while history was sent. */
  readonly #notes: Buffer[] = [];
  #listener: Listener | undefined;

  constructor(
    parts: SessionParts,
    opened: { id: string; actor: Actor; credential: string; ws: WebSocket; socket: Duplex },
  ) {
    this.#parts = parts;
    this.id = opened.id;
    this.actor = opened.actor;
    this.credential = opened.credential;
    this.ws = opened.ws;
    this.#socket = opened.socket;
    this.#outlet = parts.outlets.open(opened.socket, () => this.close(CLOSE.tooSlow, "read too slowly"));
  }

  /** Says hello and goes from history to live (ST1 to ST3). `since` is the client's cursor, if it has one. */
  async open(since: string | null): Promise<void> {
    const { hub } = this.#parts;
    const { tenant, participantNo, participantId } = this.actor;
    const { tenantNo, tenantId } = tenant;
    this.#listener = await hub.attach({ tenantNo, tenantId, participantNo, participantId }, this);
    if (this.hasEnded) return hub.detach(this.#listener, this);
    const { place, reset } = await resumeFrom(this.#parts, this.actor, since);
    const cursor = cursorText(place);
    this.reply({
      type: "hello",
      session_id: this.id,
      server_name: tenant.serverName,
      tenant_id: tenantId,
      cursor,
      heartbeat_ms: STREAM.heartbeatMs,
    });
    if (reset) this.reply({ type: "reset", cursor });
    // Whoever reloads learns of all that is kept.
    if (since !== null) await this.#keepRefusals(reset ? 0 : place.seq);
    await this.#catchUp(place.seq);
  }

  event(seq: number, frame: Buffer): void {
    const phase = this.#phase;
    if (phase.name === "history") phase.held.add(seq, frame);
    else if (phase.name === "live" && seq > phase.after) this.#outlet.push(frame);
  }

  note(frame: Buffer): void {
    if (this.#phase.name === "live") this.#outlet.push(frame);
    // They are not resumed, so only the first moments after the hello are worth keeping for.
    else if (this.#phase.name === "history" && this.#notes.length < MOST_NOTES) this.#notes.push(frame);
  }

  /** Answers a ping; like all else it counts against a client that does not read. */
  pong(ping: Buffer): void {
    this.#outlet.push(pongFrame(ping));
  }

  /** Sends a frame that answers this client alone. */
  reply(value: object | string): void {
    this.#outlet.push(typeof value === "string" ? textFrame(value) : jsonFrame(value), true);
  }

  fail(): void {
    this.close(CLOSE.restarting, "resume with your cursor");
  }

  /** Ends the stream; nothing is sent after it but the close itself. */
  close(code: number, reason: string): void {
    if (this.hasEnded) return;
    this.#end();
    this.#parts.metrics.ended(code);
    this.ws.close(code, reason);
  }

  /** The socket is gone. */
  gone(): void {
    this.#end();
  }

  /** Nothing is sent any more, and nothing that the client still says is heard. */
  get hasEnded(): boolean {
    return this.#phase.name === "ended";
  }

  #end(): void {
    this.#phase = { name: "ended" };
    this.#outlet.close();
    if (this.#listener !== undefined) this.#parts.hub.detach(this.#listener, this);
  }

  /** What they said and was refused while they were away follows the history (FD13). */
  async #keepRefusals(seq: number): Promise<void> {
    const { tenant, participantNo } = this.actor;
    const refusals = await listRefusals(this.#parts.db, tenant.tenantNo, participantNo, seq, MOST_NOTES);
    for (const refusal of refusals) this.#notes.push(jsonFrame({ type: "refused", ...refusedView(refusal) }));
  }

  async #catchUp(from: number): Promise<void> {
    const { db } = this.#parts;
    const { tenant, participantNo } = this.actor;
    for (let after = from; !this.hasEnded;) {
      const held = new Held(HISTORY_BYTES);
      this.#phase = { name: "history", held };
      const page = await db.snapshot(async (reader) => {
        const [newest, due, isCut] = await Promise.all([
          newestPlace(reader, tenant),
          dueAfter(reader, tenant.tenantNo, participantNo, after, PAGE),
          leadsNowhere(reader, tenant.tenantNo, participantNo, after),
        ]);
        return { newest, due, isCut };
      });
      if (page.isCut) return this.fail();
      await this.#sendHistory(page.due);
      if (this.hasEnded) return;
      const isEnd = page.due.length < PAGE;
      after = isEnd ? page.newest.seq : page.due.at(-1)!.event.seq;
      if (!isEnd || !held.isWhole) continue;
      this.#phase = { name: "live", after };
      for (const frame of held.after(after)) this.#outlet.push(frame);
      for (const note of this.#notes.splice(0)) this.#outlet.push(note);
      return;
    }
  }

  async #sendHistory(due: readonly Due[]): Promise<void> {
    const { db, identities } = this.#parts;
    for (const { at, event } of due) {
      this.#outlet.push(textFrame(await eventFrameJson(db, identities, at, event, cursorText(event))));
      if (this.#outlet.size > HISTORY_BYTES) await this.#drained();
      if (this.hasEnded) return;
    }
    if (due.length > 0) await this.#drained();
  }

  /** Waits until the client has taken most of what was sent: history must not fill its buffer. */
  async #drained(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.hasEnded || this.#outlet.size <= HISTORY_BYTES) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
  }
}
