import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import type { Actor, ActorCache, Authenticator } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import type { Bus } from "../bus/index.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Fetches } from "../media/index.ts";
import type { Identities } from "../participants/index.ts";
import type { Read } from "../reading/index.ts";
import type { RecentRooms } from "../state/index.ts";
import type { Hub } from "./hub.ts";
import { Notifications } from "./notifications.ts";
import { Polls } from "./polls.ts";
import { Presence } from "./presence.ts";
import { StreamDoor } from "./stream.ts";
import { streamRoutes } from "./stream.routes.ts";
import type { Tail } from "./tail.ts";
import type { TicketOffice } from "./tickets.ts";
import { type TellServers, Typing } from "./typing.ts";

export { Hub } from "./hub.ts";
export { OwnDevices } from "./own-devices.ts";
export { SharedTickets } from "./shared-tickets.ts";
export { takeChanges } from "./take-changes.ts";
export { Tail, type TailParts } from "./tail.ts";
export { Tickets, type TicketOffice } from "./tickets.ts";

/** What is live of a server. */
export interface Live {
  upgrade: StreamDoor["upgrade"];
  endpoints: Endpoint[];
  /** How many streams are open, and why others were ended. */
  metrics: { expose(): string };
  /** Streams, and polls that wait, of a tenant's people, on all nodes. */
  countStreams: (tenantNo: number) => number;
  /** Shows that somebody of another server is typing. */
  showTyping: Typing["show"];
  /** Ends every stream, and answers every poll that waits. Settles when no stream is open. */
  stop: () => Promise<void>;
}

export interface LiveParts {
  db: Db;
  log: Log;
  recent: RecentRooms;
  hub: Hub;
  /** Where there may be other nodes. */
  tail: Tail | undefined;
  bus: Bus;
  tickets: TicketOffice;
  identities: Identities;
  fetches: Fetches;
  clock: Clock;
  actors: ActorCache;
  authenticate: Authenticator["authenticate"];
  onRead: (actor: Actor, roomId: string, read: Read) => void;
  take: (actor: Actor) => void;
  charge: (actor: Actor, events: number) => void;
  headerCredential: (request: IncomingMessage) => string;
  guard: (request: IncomingMessage) => void;
  countFailure: (request: IncomingMessage) => void;
  refuse: (request: IncomingMessage, socket: Duplex, error: unknown) => void;
  /** Tells the other servers of a room who is typing. */
  tellServers: TellServers;
  onFault: (error: unknown) => void;
}

/** Builds the live door: the WebSocket, the long poll, and what is told there besides events. */
export function buildStream(parts: LiveParts): Live {
  const { actors, bus, clock, db, hub, identities, onFault, tail, tickets } = parts;
  const now = (): number => clock.now();
  const typing = new Typing(db, hub, now, bus, parts.tellServers);
  const presence = new Presence({ db, hub, bus, onFault });
  const notifications = new Notifications({ db, identities, now });
  hub.observe({
    came: (listener) => presence.came(listener),
    went: (listener) => presence.went(listener),
    delivered: (event) => notifications.delivered(event),
  });
  const polls = new Polls(hub);
  const authenticate = async (credential: string): Promise<Actor> => {
    const actor = await parts.authenticate(credential);
    if (actor.scopes.has("read")) return actor;
    throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
      rule: "AU2",
      message: "The stream needs the scope read.",
    });
  };
  const door = new StreamDoor({
    ...parts,
    ...(tail && { following: (tenantNo: number) => tail.follow(tenantNo) }),
    typing,
    presence,
    now,
    monotonic: () => clock.monotonic(),
    authenticate,
    newSessionId: randomUUID,
  });
  actors.watch((tenantNo, participantNo) => {
    door.recheck(tenantNo, participantNo);
    polls.recheck(tenantNo, participantNo);
    if (participantNo !== undefined) hub.find(tenantNo, participantNo)?.preferencesChanged();
  });
  return {
    upgrade: door.upgrade,
    metrics: door.metrics,
    showTyping: typing.show.bind(typing),
    countStreams: presence.countStreams.bind(presence),
    endpoints: streamRoutes({ db, polls, identities, now, authenticate, tickets, typing, presence }),
    stop() {
      tail?.stop();
      polls.stop();
      typing.stop();
      presence.stop();
      return door.stop();
    },
  };
}
