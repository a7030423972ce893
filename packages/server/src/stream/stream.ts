import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Actor } from "../auth/index.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import { type AdmissionParts, type Asked, readUpgrade } from "./admission.ts";
import { BadFrame, type ClientFrameParts, errorFrame, handleFrame, type Heard, readFrame } from "./client-frames.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Outlets } from "./outlet.ts";
import { Session, type SessionParts } from "./session.ts";
import { StreamMetrics } from "./stream-metrics.ts";

export interface StreamParts
  extends AdmissionParts, ClientFrameParts, Omit<SessionParts, "outlets" | "metrics" | "db"> {
  /** Who a credential speaks for, if it may read. */
  authenticate: (credential: string) => Promise<Actor>;
  /** Refuses a request by its host and origin, in development mode. */
  guard: (request: IncomingMessage) => void;
  /** Counts a failed sign-in by address; throws `SW_RATE_LIMIT_EXCEEDED`. */
  countFailure: (request: IncomingMessage) => void;
  /** Answers a request that was refused before it became a stream. */
  refuse: (request: IncomingMessage, socket: Duplex, error: unknown) => void;
  /** Settles when what changes in a tenant, on whichever node, is told to its streams. */
  following?: (tenantNo: number) => Promise<void>;
  newSessionId: () => string;
  monotonic: () => number;
  onFault: (error: unknown) => void;
}

const CLIENT_RATE = { per_second: STREAM.framesPerSecond, burst: STREAM.framesAtOnce };
/** Milliseconds for a client to answer a close while the server stops. */
const STOPPING_MS = 1000;

/** The WebSocket door: `GET /v1/stream` (ST1 to ST7). */
export class StreamDoor {
  readonly #parts: StreamParts;
  readonly #sessions = new Set<Session>();
  readonly #outlets = new Outlets();
  readonly metrics = new StreamMetrics(() => this.#sessions.size);
  readonly #heartbeat: Heartbeat;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: STREAM.frameBytes,
    maxFragments: STREAM.fragments,
    closeTimeout: STREAM.closingMs,
    autoPong: false,
    clientTracking: false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);
  #isStopping = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#heartbeat = new Heartbeat(this.#sessions, parts.now);
    this.#upgrades.on("wsClientError", (cause, socket, request) => {
      const details = [{ path: "Upgrade", reason: cause.message }];
      parts.refuse(request, socket, new StairwellError("SW_REQUEST_INVALID", { details, cause }));
    });
  }

  /** Takes an HTTP upgrade. Refusals are answered as REST answers them, before any frame. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    this.#admit(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof StairwellError)) this.#parts.onFault(error);
      this.#parts.refuse(request, socket, error);
    });
  };

  /** A person's or a tenant's standing changed: their streams prove their credentials again, and end if they cannot (MB14). */
  recheck(tenantNo: number, participantNo: number | undefined): void {
    for (const session of this.#sessions) {
      const { actor } = session;
      if (actor.tenant.tenantNo !== tenantNo) continue;
      if (participantNo === undefined || actor.participantNo === participantNo) void this.#prove(session);
    }
  }

  /** Ends every stream; clients come back with their cursors. Whoever does not answer that is cut off. Settles when none is open. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#heartbeat.stop();
    const open = [...this.#sessions];
    for (const session of open) session.close(CLOSE.restarting, "the server restarts");
    const deadline = setTimeout(() => open.forEach(({ ws }) => ws.terminate()), STOPPING_MS);
    await Promise.all(open.map(({ ws }) => new Promise((resolve) => ws.once("close", resolve))));
    clearTimeout(deadline);
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/v1/stream" || request.method !== "GET") throw new StairwellError("SW_NOT_FOUND");
    this.#parts.guard(request);
    const asked = await this.#signIn(request);
    if (this.#isStopping) throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 1 });
    const { tenant, participantNo } = asked.actor;
    const own = this.#parts.hub.find(tenant.tenantNo, participantNo)?.receivers.size ?? 0;
    if (own >= STREAM.streamsAPerson) throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: 10 });
    this.#upgrades.handleUpgrade(request, socket, head, (ws) => this.#begin(ws, socket, asked));
  }

  async #signIn(request: IncomingMessage): Promise<Asked & { actor: Actor }> {
    try {
      const asked = await readUpgrade(request, this.#parts);
      return { ...asked, actor: await this.#parts.authenticate(asked.credential) };
    } catch (error) {
      if (error instanceof StairwellError && error.status === 401) this.#parts.countFailure(request);
      throw error;
    }
  }

  #begin(ws: WebSocket, socket: Duplex, { actor, credential, since }: Asked & { actor: Actor }): void {
    const id = this.#parts.newSessionId();
    const session = new Session(
      { ...this.#parts, outlets: this.#outlets, metrics: this.metrics },
      { id, actor, credential, ws, socket },
    );
    this.#sessions.add(session);
    const bucket = new TokenBucket(CLIENT_RATE, this.#parts.monotonic());
    /** Whether one more frame is heard. */
    const hears = (): boolean => {
      if (session.hasEnded) return false;
      const isAllowed = bucket.take(CLIENT_RATE, this.#parts.monotonic());
      if (!isAllowed) session.close(CLOSE.badFrame, "too many frames");
      return isAllowed;
    };
    let underWay = 0;
    ws.on("message", (data: Buffer, isBinary: boolean) => {
      if (!hears()) return;
      if (isBinary) return session.close(CLOSE.badFrame, "frames are text");
      underWay += data.length;
      if (underWay > STREAM.underWayBytes) ws.pause();
      void this.#hear(session, data.toString("utf8")).finally(() => {
        underWay -= data.length;
        if (ws.isPaused && underWay <= STREAM.underWayBytes) ws.resume();
      });
    });
    ws.on("ping", (data: Buffer) => {
      if (hears()) session.pong(data);
    });
    ws.on("pong", () => {
      if (hears()) session.unanswered = 0;
    });
    // The library has sent the close that the fault deserves: 1002, 1007, 1008 or 1009.
    ws.on("error", (error) => {
      if (!session.hasEnded) this.metrics.failed(error);
      session.gone();
    });
    ws.on("close", () => {
      session.gone();
      this.#sessions.delete(session);
    });
    // What changed between the sign-in and here told a stream that was not there yet.
    void this.#proveFollowed(session);
    session.open(since).catch((error: unknown) => {
      this.#parts.onFault(error);
      session.close(CLOSE.fault, "the stream could not be opened");
    });
  }

  async #hear(session: Session, text: string): Promise<void> {
    let heard: Heard | undefined;
    try {
      heard = readFrame(text);
      await handleFrame(this.#parts, session, heard);
    } catch (error) {
      if (error instanceof BadFrame) return session.close(CLOSE.badFrame, error.message);
      if (!(error instanceof StairwellError)) this.#parts.onFault(error);
      session.reply(errorFrame(error, heard?.ref, session.id));
    }
  }

  async #proveFollowed(session: Session): Promise<void> {
    try {
      await this.#parts.following?.(session.actor.tenant.tenantNo);
    } catch {
      // Then the stream cannot be opened either, and says so.
      return;
    }
    await this.#prove(session);
  }

  async #prove(session: Session): Promise<void> {
    try {
      session.actor = await this.#parts.authenticate(session.credential);
    } catch (error) {
      const isRefused = error instanceof StairwellError && error.status < 500;
      if (isRefused) return session.close(CLOSE.credential, "the credential is no longer valid");
      // Whether it still holds cannot be told now: the client comes back and is asked again.
      this.#parts.onFault(error);
      session.fail();
    }
  }
}
