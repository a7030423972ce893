import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import type { Actor, ActorCache, Authenticator } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import { type ChangeSettingsParts, type Read, readView, settingsView } from "../reading/index.ts";
import type { RecentRooms } from "../state/index.ts";
import type { Hub } from "./hub.ts";
import { Notifications } from "./notifications.ts";
import { Polls } from "./polls.ts";
import { Presence } from "./presence.ts";
import { StreamDoor } from "./stream.ts";
import { streamRoutes } from "./stream.routes.ts";
import { Tickets } from "./tickets.ts";
import { Typing } from "./typing.ts";

export { Hub } from "./hub.ts";

/** What is live of a server. */
export interface Live {
  upgrade: StreamDoor["upgrade"];
  endpoints: Endpoint[];
  /** How many streams are open, and why others were ended. */
  metrics: { expose(): string };
  /** Ends every stream, and answers every poll that waits. Settles when no stream is open. */
  stop: () => Promise<void>;
}

export interface LiveParts {
  db: Db;
  log: Log;
  recent: RecentRooms;
  hub: Hub;
  identities: Identities;
  clock: Clock;
  actors: ActorCache;
  authenticator: Authenticator;
  onRead: (actor: Actor, roomId: string, read: Read) => void;
  take: (actor: Actor) => void;
  charge: (actor: Actor, events: number) => void;
  headerCredential: (request: IncomingMessage) => string;
  guard: (request: IncomingMessage) => void;
  countFailure: (address: string) => void;
  refuse: (request: IncomingMessage, socket: Duplex, error: unknown) => void;
  onFault: (error: unknown) => void;
}

/** Builds the live door: the WebSocket, the long poll, and what is told there besides events. */
export function buildStream(parts: LiveParts): Live {
  const { actors, authenticator, clock, db, hub, identities } = parts;
  const now = (): number => clock.now();
  const typing = new Typing(db, hub, now);
  const presence = new Presence(hub);
  const notifications = new Notifications({ db, identities, now });
  hub.observe({
    came: (listener) => presence.came(listener),
    went: (listener) => presence.went(listener),
    delivered: (event) => notifications.delivered(event),
  });
  const tickets = new Tickets(clock);
  const polls = new Polls(hub);
  const authenticate = async (credential: string): Promise<Actor> => {
    const actor = await authenticator.authenticate(credential);
    if (actor.scopes.has("read")) return actor;
    throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
      rule: "AU2",
      message: "The stream needs the scope read.",
    });
  };
  const door = new StreamDoor({
    ...parts,
    tickets,
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
    endpoints: streamRoutes({ db, polls, identities, now, authenticate, tickets, typing, presence }),
    stop() {
      polls.stop();
      typing.stop();
      presence.stop();
      return door.stop();
    },
  };
}

/** Tells a person's devices that their read marker moved (RD5). */
export function tellRead(hub: Hub): (actor: Actor, roomId: string, read: Read) => void {
  return ({ tenant, participantNo }, roomId, read) => {
    hub.find(tenant.tenantNo, participantNo)?.note({ type: "read_marker", room_id: roomId, ...readView(read) });
  };
}

/** Puts a person's new settings of a room into force on the live notifications, and tells their devices (RD5). */
export function tellSettings(hub: Hub, now: () => number): ChangeSettingsParts["onSettings"] {
  return ({ tenant, participantNo }, { roomNo, roomId }, settings) => {
    const listener = hub.find(tenant.tenantNo, participantNo);
    listener?.settingsChanged(roomNo, settings);
    listener?.note({ type: "member_settings", room_id: roomId, ...settingsView(settings, now()) });
  };
}
