import { type Fqid, isServerFqid, parseFqid } from "@stairwell/protocol";
import { contentOf, type Row } from "./rows.ts";

interface Member {
  membership: string;
  power: number;
  banEnds: number | null;
  invitedBy: Fqid | null;
  /** Power at a leave of their own will. */
  powerLeft: number;
}

export interface Bounds {
  readonly participants: number;
  readonly foreigners: number;
}

/**
 * A second opinion on what may be in a log, written from spec/rules.md and from none of the server's code: each event is held
 * against the room that those before it make. Says what is wrong with one, by the invariant that it breaks.
 */
export class Reference {
  readonly hub: string;
  readonly #bounds: Bounds;
  readonly #members = new Map<Fqid, Member>();
  readonly #senders = new Map<string, Fqid | null>();
  #creator: Fqid | null = null;
  #state = "open";
  federated = false;
  isDirect = false;

  constructor(hub: string, bounds: Bounds) {
    this.hub = hub;
    this.#bounds = bounds;
  }

  /** Who was banned, and is not allowed back since. */
  isBanned(fqid: Fqid, now: number): boolean {
    const member = this.#members.get(fqid);
    return member?.membership === "ban" && (member.banEnds === null || member.banEnds > now);
  }

  /** Whose direct room it is, where it is one that is not closed, and both are known. */
  get pair(): string | undefined {
    if (!this.isDirect || this.#state === "closed" || this.#members.size < 2) return undefined;
    return [...this.#members.keys()].sort().join(" and ");
  }

  take(row: Row): string | undefined {
    const fault = this.#fault(row) ?? this.#afterwards(row);
    this.#senders.set(row.id, row.sender);
    return fault && `${fault}: ${row.type} ${row.content ?? ""} of ${row.sender ?? "nobody"} at ${row.position}`;
  }

  /** What speaks against it before it is folded. */
  #fault(row: Row): string | undefined {
    const { sender, position, type } = row;
    if (position === 1) return type === "swp.room.create" ? undefined : "I2 a log begins with its room";
    if (sender === null) return "I10 nobody said it";
    if (isServerFqid(sender))
      return sender === `@:${this.hub}` ? undefined : "I24 another server speaks in this one's room";
    if (this.isBanned(sender, row.hub_ts)) return "I31 somebody who is banned acts";
    const from = parseFqid(sender)!.serverName;
    const isOpener = this.isDirect && position === 2;
    if (from !== this.hub && !this.federated && !isOpener)
      return "I24 somebody of another server acts in a room that is not shared";
    const me = this.#members.get(sender);
    const content = contentOf(row) ?? {};
    if (type === "swp.room.member") return this.#changesMember(row, me, content as never);
    if (type === "swp.room.state") return this.#changesLife(sender, me, content["state"] as string);
    if (me?.membership !== "join") return "I10 somebody acts who is not in the room";
    if (this.#state !== "open") return "I13 a frozen room changes";
    switch (type) {
      case "swp.room.power":
        return this.#changesPower(me, sender, content["participant"] as Fqid, content["power_level"] as number);
      case "swp.room.name":
      case "swp.room.topic":
        return me.power >= 50 ? undefined : "I10 a setting is changed without the power";
      case "swp.room.workspace":
      case "swp.room.visibility":
        return me.power === 100 ? undefined : "I10 a setting is changed without the power";
      case "swp.room.edit":
        return this.#senders.get(content["event_id"] as string) === sender
          ? undefined
          : "I10 somebody edits another's words";
      case "swp.room.redaction": {
        const isOwn = this.#senders.get(content["event_id"] as string) === sender;
        return isOwn || me.power >= 50 ? undefined : "I10 somebody redacts another's words without the power";
      }
      case "swp.room.reaction":
        return this.#senders.has(content["event_id"] as string) ? undefined : "I10 a reaction to what is not there";
      default:
        return type.startsWith("swp.") && type !== "swp.room.message" ? "I10 nobody says such things" : undefined;
    }
  }

  #changesMember(
    { sender, position, hub_ts: now }: Row,
    me: Member | undefined,
    { participant, membership, cause }: { participant: Fqid; membership: string; cause?: string },
  ): string | undefined {
    const target = this.#members.get(participant);
    if (participant === sender) {
      if (membership === "join") return this.#joins(me, sender!, position);
      return me?.membership === "join" || me?.membership === "invite" ? undefined : "I10 somebody leaves who is not in";
    }
    if (this.#state !== "open") return "I13 a frozen room changes";
    if (me?.membership !== "join") return "I10 somebody acts who is not in the room";
    if (membership === "join") return "I24 somebody is joined by another";
    if (this.isDirect && membership !== "invite") return "I10 somebody removes the other side of a direct room";
    if (membership === "invite") {
      if (this.isBanned(participant, now)) return "I11 somebody who is banned is invited";
      const isIn = target?.membership === "join" || target?.membership === "invite";
      return isIn ? "I10 somebody who is in is invited" : undefined;
    }
    const isOwnInvite = membership === "leave" && target?.membership === "invite" && target.invitedBy === sender;
    if (me.power < 50 && !isOwnInvite) return "I12 somebody removes another without the power";
    if (target?.membership === "join" && target.power >= me.power) return "I12 somebody removes one who is no lower";
    if (membership === "leave" && cause === "unbanned")
      return target?.membership === "ban" ? undefined : "I10 nobody was banned";
    return undefined;
  }

  #joins(me: Member | undefined, fqid: Fqid, position: number): string | undefined {
    if (position === 2 && fqid === this.#creator) return undefined;
    if (me?.membership === "join") return "I10 a member joins again";
    if (this.#state !== "open") return "I13 a frozen room changes";
    // Either side comes back by opening it again (FD24).
    if (this.isDirect && me?.membership === "leave") return undefined;
    return me?.membership === "invite" || (me?.membership === "leave" && this.#isRestorer(me))
      ? undefined
      : "I10 somebody joins without an invite";
  }

  /** Who brought a deserted room back is in it with the same breath. */
  #isRestorer(me: Member): boolean {
    return me.powerLeft >= 50 && this.#count("join") === 0;
  }

  #changesLife(sender: Fqid, me: Member | undefined, state: string): string | undefined {
    if (this.#state === "closed") return "I13 what was closed is opened";
    const isIn = me?.membership === "join";
    if (state === "open" && this.isDirect && me !== undefined) return undefined;
    if (state === "open" && me?.membership === "leave" && this.#isRestorer(me)) return undefined;
    if (!isIn) return "I10 somebody acts who is not in the room";
    const needed = state === "closed" ? 100 : 50;
    return sender === this.#creator || me.power >= needed
      ? undefined
      : "I10 a room's life is changed without the power";
  }

  #changesPower(me: Member, sender: Fqid, participant: Fqid, level: number): string | undefined {
    const target = this.#members.get(participant);
    if (me.power < 100 || this.isDirect) return "I12 power is given without the power";
    if (target?.membership !== "join") return "I10 somebody who is not in the room has power";
    if (participant === sender) return undefined;
    if (target.power >= me.power) return "I12 an equal is changed";
    return participant === this.#creator && level < target.power ? "I12 the creator is lowered" : undefined;
  }

  /** Folds it, and says what is wrong with what comes of it. */
  #afterwards(row: Row): string | undefined {
    const content = contentOf(row) ?? {};
    switch (row.type) {
      case "swp.room.create":
        this.#creator = row.sender;
        this.isDirect = content["room_type"] === "dm";
        return undefined;
      case "swp.room.federation":
        this.federated = content["enabled"] === true;
        return undefined;
      case "swp.room.state":
        this.#state = content["state"] as string;
        return undefined;
      case "swp.room.power":
        this.#members.get(content["participant"] as Fqid)!.power = content["power_level"] as number;
        return undefined;
      case "swp.room.member":
        return this.#moved(row, content as never);
      default:
        return undefined;
    }
  }

  #moved(
    { sender, position }: Row,
    said: { participant: Fqid; membership: string; cause?: string; expires_at?: string; invited_by?: Fqid },
  ): string | undefined {
    const before = this.#members.get(said.participant);
    const isJoin = said.membership === "join";
    this.#members.set(said.participant, {
      membership: said.membership,
      power: isJoin && (position === 2 || this.isDirect) ? 100 : 0,
      banEnds: said.expires_at === undefined ? null : Date.parse(said.expires_at),
      invitedBy: said.membership === "invite" ? (said.invited_by ?? sender) : null,
      powerLeft: before?.membership === "join" && said.cause === "left" ? before.power : 0,
    });
    if (this.isDirect && this.#members.size > 2) return "I14 a direct room has a third side";
    const enters = isJoin || said.membership === "invite";
    if (enters && this.#count("join") + this.#count("invite") > this.#bounds.participants)
      return "I15 the room is over-full";
    const foreigners = [...this.#members].filter(
      ([fqid, { membership }]) => ["join", "invite"].includes(membership) && !fqid.endsWith(`:${this.hub}`),
    );
    return enters && foreigners.length > this.#bounds.foreigners ? "I15 too many are from elsewhere" : undefined;
  }

  #count(membership: string): number {
    return [...this.#members.values()].filter((member) => member.membership === membership).length;
  }
}
