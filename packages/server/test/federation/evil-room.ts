import { createHash, randomBytes } from "node:crypto";
import {
  canonical,
  contentHashText,
  envelopeText,
  type EventId,
  type Fqid,
  headText,
  type JsonObject,
  proposalText,
  type RoomId,
  ZERO_HASH,
} from "@stairwell/protocol";
import {
  type Item,
  type ItemResult,
  type ProposedEvent,
  type SignedHead,
  stateText,
  type WireEvent,
  type WireJoin,
  type WireState,
  wireStateText,
} from "@stairwell/protocol/federation";
import { fold, type RoomState } from "@stairwell/protocol/room";
import { newId } from "../../src/lib/random.ts";
import { signWith } from "../../src/tenants/signing-key.ts";
import { type EvilKey, EvilPeer, send, type Told } from "./evil-peer.ts";

export const SEND = "/_stairwell/federation/v1/send";

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What an event is to be, where it is not as an honest one. */
export interface EvilDraft {
  type: string;
  content?: unknown;
  sender?: string | null;
  envelope?: Record<string, unknown>;
  /** Signs it as the proposal of somebody, with any key, under any name. */
  by?: { name: string; key: EvilKey };
  proposed?: ProposedEvent;
}

/** A room whose log a scripted server writes, as it likes. */
export class EvilRoom {
  readonly peer: EvilPeer;
  readonly id: RoomId;
  events: WireEvent[] = [];

  constructor(peer: EvilPeer, id: RoomId = newId("room")) {
    this.peer = peer;
    this.id = id;
    const me = `@mallory:${peer.name}`;
    this.append({
      type: "swp.room.create",
      content: {
        room_type: "group",
        scope_kind: null,
        name: "A trap",
        topic: null,
        is_public: false,
        close_on_leave: false,
      },
    });
    this.append({ type: "swp.room.member", content: { participant: me, membership: "join" } });
    this.append({ type: "swp.room.federation", content: { enabled: true } });
  }

  /** The next event, without appending it. */
  next({ type, content = {}, sender, envelope, by, proposed }: EvilDraft): WireEvent {
    const last = this.events.at(-1);
    const salt = proposed?.salt ?? randomBytes(16).toString("base64url");
    const now = Date.now();
    const whole = {
      v: 1 as const,
      room_id: this.id,
      id: proposed?.id ?? newId<EventId>("event"),
      event_type: type,
      sender: (sender === undefined ? `@mallory:${this.peer.name}` : sender) as Fqid,
      acted_by: null,
      origin_ts: proposed?.origin_ts ?? now,
      content_hash: sha256(contentHashText(canonical(content as JsonObject), salt)),
      hub_ts: now,
      imported: false,
      position: (last?.envelope.position ?? 0) + 1,
      prev_hash: last?.hash ?? ZERO_HASH,
      ...envelope,
    };
    const signatures =
      proposed !== undefined
        ? [{ ...proposed.signature, server_name: proposed.sender.slice(proposed.sender.indexOf(":") + 1) }]
        : by === undefined
          ? []
          : [{ key_id: by.key.keyId, server_name: by.name, value: signWith(by.key, proposalText(whole)) }];
    return { envelope: whole, hash: sha256(envelopeText(whole)), signatures, content: content as JsonObject, salt };
  }

  append(draft: EvilDraft): WireEvent {
    const event = this.next(draft);
    this.events.push(event);
    return event;
  }

  message(body: string, more: Partial<EvilDraft> = {}): WireEvent {
    return this.append({ type: "swp.room.message", content: { msgtype: "swp.text", body }, ...more });
  }

  /** Appends what somebody of another server proposed. */
  sequence(proposed: ProposedEvent): WireEvent {
    return this.append({ type: proposed.event_type, content: proposed.content, sender: proposed.sender, proposed });
  }

  head(of: WireEvent = this.events.at(-1)!, bend: Partial<SignedHead> = {}, key = this.peer.key): SignedHead {
    const head = { room_id: this.id, position: of.envelope.position, hash: of.hash, ...bend };
    return { ...head, key_id: key.keyId, signature: bend.signature ?? signWith(key, headText(head)) };
  }

  state(upTo = this.events.length): WireState {
    const logged = this.events.slice(0, upTo).map(({ envelope, content }) => ({
      position: envelope.position,
      type: envelope.event_type,
      content: content ?? null,
      sender: envelope.sender,
      hubTs: envelope.hub_ts,
    }));
    const { room, members } = fold(logged);
    const {
      isPublic: _,
      workspaceId: _w,
      scopeKind: _s,
      closeOnLeave: _c,
      federated: _f,
      ...shared
    } = room as RoomState;
    return {
      position: logged.at(-1)!.position,
      room_alias: null,
      room: shared,
      members: [...members.values()]
        .map(({ reason: _r, ...member }) => member)
        .sort((a, b) => (a.fqid < b.fqid ? -1 : 1)),
    };
  }

  /** What a join brings: the state before the last event, and that one. */
  join(state: WireState = this.state(this.events.length - 1), bend: Partial<WireJoin> = {}): WireJoin {
    const state_hash = sha256(wireStateText(state));
    const text = stateText({ room_id: this.id, position: state.position, state_hash });
    return {
      state,
      state_hash,
      state_signature: signWith(this.peer.key, text),
      events: this.events.slice(0, -1),
      since: this.events.slice(-1),
      ...bend,
    };
  }

  invite(fqid: string, room: Record<string, unknown> = {}): Item {
    const event = this.append({ type: "swp.room.member", content: { participant: fqid, membership: "invite" } });
    return {
      type: "invite",
      room: {
        room_id: this.id,
        room_alias: null,
        room_type: "group",
        name: "A trap",
        topic: null,
        creator: `@mallory:${this.peer.name}` as Fqid,
        created_at: this.events[0]!.envelope.hub_ts,
        members_count: 1,
        ...room,
      },
      event,
      head: this.head(event),
    };
  }

  /** Items that deliver events, with the head of the last. */
  deliver(events: readonly WireEvent[], head: SignedHead | undefined = this.head(events.at(-1))): Item[] {
    return events.map((event, i) => ({ type: "event", event, ...(i === events.length - 1 && { head }) }) as Item);
  }
}

/** A server that is asked: its name, and where it is. */
export type Asked = { readonly name: string; readonly server: { readonly url: string } };

/** Sends items as another server does; answers the whole. */
export function post(peer: EvilPeer, to: Asked, items: unknown, whole?: string): Promise<Told> {
  const body = whole ?? JSON.stringify({ items });
  return send(to.server.url, "POST", SEND, peer.sign(to.name, "POST", SEND, body), body);
}

/** What became of each item. */
export async function results(peer: EvilPeer, to: Asked, items: unknown): Promise<Loose[]> {
  const told = await post(peer, to, items);
  if (told.status !== 200) throw new Error(`${told.status} ${JSON.stringify(told.body)}`);
  return (told.body.data as { results: ItemResult[] }).results as unknown as Loose[];
}

export interface Loose {
  status: string;
  position?: number;
  error?: { code: string };
  event?: WireEvent;
}

/** A proposal of one of a server's people, signed, and bent. */
export function propose(
  peer: EvilPeer,
  roomId: string,
  draft: { type: string; content: unknown; sender?: string; acted_by?: string },
  bend: { signed?: Record<string, unknown>; key?: EvilKey; sent?: Record<string, unknown> } = {},
): Item {
  const salt = randomBytes(16).toString("base64url");
  const honest = {
    room_id: roomId as RoomId,
    id: newId<EventId>("event"),
    event_type: draft.type,
    sender: (draft.sender ?? `@mallory:${peer.name}`) as Fqid,
    acted_by: (draft.acted_by ?? null) as Fqid | null,
    origin_ts: Date.now(),
    content_hash: sha256(contentHashText(canonical(draft.content as JsonObject), salt)),
  };
  const key = bend.key ?? peer.key;
  const value = signWith(key, proposalText({ ...honest, ...bend.signed }));
  const event = { v: 1 as const, ...honest, content: draft.content as JsonObject, salt, ...bend.sent };
  return { type: "submit", event: { ...event, signature: { key_id: key.keyId, value } } };
}

/** Answers the calls of other servers by a script: what is asked of `/send` and of everything else. */
export function answering(
  peer: EvilPeer,
  script: (items: readonly Item[]) => unknown,
  get: (target: string) => unknown = () => ({ events: [], head: null }),
): void {
  peer.answer = (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url!.startsWith("/.well-known/")) return void response.end(peer.descriptor());
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "GET") return void response.end(JSON.stringify({ data: get(request.url!) }));
      const { items } = JSON.parse(Buffer.concat(chunks).toString()) as { items: Item[] };
      response.end(JSON.stringify({ data: script(items) }));
    });
  };
}
