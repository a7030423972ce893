import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Actor } from "../auth/index.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import { type AdmissionParts, readUpgrade } from "./admission.ts";
import { BadFrame, type ClientFrameParts, errorFrame, handleFrame, parseFrame } from "./client-frames.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Outlets } from "./outlet.ts";
import { Session, type SessionParts } from "./session.ts";

export interface StreamParts extends AdmissionParts, ClientFrameParts, Omit<SessionParts, "outlets" | "db"> {
  authenticate: (credential: string) => Actor | Promise<Actor>;
  /** Refuses a request by its host and origin, in development mode. */
  guard: (request: IncomingMessage) => void;
  /** Counts a failed sign-in by address; throws `SW_RATE_LIMIT_EXCEEDED`. */
  countFailure: (address: string) => void;
  /** Answers a request that was refused before it became a stream. */
  refuse: (socket: Duplex, error: unknown) => void;
  newSessionId: () => string;
  monotonic: () => number;
  onFault: (error: unknown) => void;
}

/** Frames a client may send, sends with their own limit besides. */
const CLIENT_RATE = { per_second: 2000, burst: 4000 };
/** Streams one person may have open. */
const MOST_STREAMS = 200;
/** Pieces of one message: an honest client sends one. */
const MOST_FRAGMENTS = 64;

/** The WebSocket door: `GET /v1/stream` (ST1 to ST7). */
export class StreamDoor {
  readonly #parts: StreamParts;
  readonly #sessions = new Set<Session>();
  readonly #outlets = new Outlets();
  readonly #heartbeat: Heartbeat;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: STREAM.frameBytes,
    maxFragments: MOST_FRAGMENTS,
    clientTracking: false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);
  #isStopping = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#heartbeat = new Heartbeat(this.#sessions, parts.now);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes an HTTP upgrade. Refusals are answered as REST answers them, before any frame. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    void this.#admit(request, socket, head).catch((error: unknown) => this.#parts.refuse(socket, error));
  };

  /** A person's or a tenant's standing changed: their streams prove their credentials again, and end if they cannot (MB14). */
  recheck(tenantNo: number, participantNo: number | undefined): void {
    for (const session of this.#sessions) {
      const { actor } = session;
      if (actor.tenant.tenantNo !== tenantNo) continue;
      if (participantNo === undefined || actor.participantNo === participantNo) void this.#prove(session);
    }
  }

  /** Ends every stream; clients come back with their cursors. */
  stop(): void {
    this.#isStopping = true;
    this.#heartbeat.stop();
    this.#parts.typing.stop();
    for (const session of this.#sessions) session.close(CLOSE.restarting, "the server restarts");
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/v1/stream" || request.method !== "GET") throw new StairwellError("SW_NOT_FOUND");
    if (this.#isStopping) throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 1 });
    this.#parts.guard(request);
    const { credential, since, actor } = await this.#signIn(request);
    if (!actor.scopes.has("read")) throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", { rule: "ST1" });
    const own = this.#parts.hub.find(actor.tenant.tenantNo, actor.participantNo)?.receivers.size ?? 0;
    if (own >= MOST_STREAMS) throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: 10 });
    this.#upgrades.handleUpgrade(request, socket, head, (ws) => this.#begin(ws, socket, actor, credential, since));
  }

  async #signIn(request: IncomingMessage): Promise<{ credential: string; since: string | null; actor: Actor }> {
    try {
      const asked = readUpgrade(request, this.#parts);
      return { ...asked, actor: await this.#parts.authenticate(asked.credential) };
    } catch (error) {
      if (error instanceof StairwellError && error.status === 401) {
        this.#parts.countFailure(request.socket.remoteAddress ?? "");
      }
      throw error;
    }
  }

  #begin(ws: WebSocket, socket: Duplex, actor: Actor, credential: string, since: string | null): void {
    const session = new Session(
      { ...this.#parts, outlets: this.#outlets },
      { id: this.#parts.newSessionId(), actor, credential, ws, socket },
    );
    this.#sessions.add(session);
    const bucket = new TokenBucket(CLIENT_RATE, this.#parts.monotonic());
    ws.on("message", (data: Buffer, isBinary: boolean) => {
      if (!bucket.take(CLIENT_RATE, this.#parts.monotonic())) return session.close(CLOSE.badFrame, "too many frames");
      if (isBinary) return session.close(CLOSE.badFrame, "frames are text");
      void this.#hear(session, data.toString("utf8"));
    });
    ws.on("pong", () => {
      session.unanswered = 0;
    });
    // The library has sent the close that the fault deserves: 1007, 1009 or 1002.
    ws.on("error", () => session.gone());
    ws.on("close", () => {
      session.gone();
      this.#sessions.delete(session);
    });
    session.open(since).catch((error: unknown) => {
      this.#parts.onFault(error);
      session.close(1011, "the stream could not be opened");
    });
  }

  async #hear(session: Session, text: string): Promise<void> {
    let ref: string | undefined;
    try {
      const frame = parseFrame(text);
      ref = "ref" in frame ? frame.ref : undefined;
      await handleFrame(this.#parts, session, frame);
    } catch (error) {
      if (error instanceof BadFrame) return session.close(CLOSE.badFrame, error.message);
      if (!(error instanceof StairwellError)) this.#parts.onFault(error);
      session.reply(errorFrame(error, ref ?? refOf(text), session.id));
    }
  }

  async #prove(session: Session): Promise<void> {
    try {
      const actor = await this.#parts.authenticate(session.credential);
      if (!actor.scopes.has("read")) session.close(CLOSE.credential, "the credential may no longer read");
      else session.actor = actor;
    } catch (error) {
      if (error instanceof StairwellError) session.close(CLOSE.credential, "the credential is no longer valid");
      else this.#parts.onFault(error);
    }
  }
}

/** The `ref` of a frame whose shape was refused, so that its sender can tell which one it was. */
function refOf(text: string): string | undefined {
  const value = JSON.parse(text) as { ref?: unknown };
  return typeof value.ref === "string" ? value.ref.slice(0, 128) : undefined;
}
