import { CREATE, MEMBER, WORKSPACE } from "@stairwell/protocol/room";
import { contentOf, eventTypeOf, type Names } from "../plan/content.ts";
import type { Making, Plan } from "../plan/plan.ts";
import type { Message } from "../server/room.ts";
import { Differences } from "./differences.ts";
import { noTally, type Tally, tallyOf } from "./tally.ts";

/** What the making of a room appends, before the replay. */
const MAKING: readonly string[] = [CREATE, MEMBER, WORKSPACE];

/** Compares a room's log, event by event, with what a plan makes of a conversation. */
export class Comparison {
  readonly differences = new Differences();
  readonly tally: Tally = noTally();
  /** Ids of the replay's events, by their place. */
  readonly eventIds: string[] = [];
  /** Events read, the room's own included. */
  read = 0;
  /** The hash of the last event. */
  headHash = "";
  readonly #plan: Plan;
  readonly #names: Names;
  readonly #hostId: string;
  readonly #replayers: ReadonlySet<string>;
  readonly #replyCounts: Uint32Array | undefined;

  /**
   * `participants`: participant ids by nick; the host made the room. With `whole` the log must hold the whole plan, so
   * that the replies to each event can be counted.
   */
  constructor(plan: Plan, hostId: string, participants: ReadonlyMap<string, string>, { whole }: { whole: boolean }) {
    this.#plan = plan;
    this.#hostId = hostId;
    this.#names = { participantOf: (nick) => participants.get(nick)!, eventAt: (place) => this.eventIds[place]! };
    this.#replayers = new Set(participants.values());
    this.#replyCounts = whole ? replyCountsOf(plan) : undefined;
  }

  /** Takes the next event of the log. */
  take(event: Message): void {
    this.differences.expect(`the position after ${this.read}`, event.stream_position, this.read + 1);
    this.read++;
    this.headHash = event.hash;
    if (this.eventIds.length === 0 && event.sender_id === this.#hostId && MAKING.includes(event.event_type)) return;
    const step = this.#plan.events[this.eventIds.length];
    if (step === undefined || event.sender_id === null || !this.#replayers.has(event.sender_id)) {
      this.differences.add(`position ${event.stream_position}: this ${event.event_type} is not of the file`);
      return;
    }
    this.#compare(step, event);
    this.eventIds.push(event.id);
    tallyOf(this.tally, event);
  }

  /** Says what is missing, after the last event. */
  end(): void {
    const missing = this.#plan.events.slice(this.eventIds.length);
    if (missing.length === 0) return;
    this.differences.add(`${missing.length} events are missing, from line ${missing[0]!.line.number} on`);
  }

  #compare(step: Making, event: Message): void {
    const at = `line ${step.line.number} (position ${event.stream_position}):`;
    const expect = (what: string, actual: unknown, expected: unknown): void =>
      this.differences.expect(`${at} ${what}`, actual, expected);
    expect("the sender", event.sender_id, this.#names.participantOf(step.nick));
    expect("the event type", event.event_type, eventTypeOf(step));
    expect("the time of an edit", event.edited_at, null);
    expect("the time of a redaction", event.redacted_at, null);
    if (this.#replyCounts !== undefined) {
      expect("the number of replies", event.reply_count, this.#replyCounts[step.event]);
    }
    const content = contentOf(step, this.#names);
    const actual = (event.content ?? {}) as Readonly<Record<string, unknown>>;
    for (const key of new Set([...Object.keys(content), ...Object.keys(actual)])) {
      expect(`content.${key}`, actual[key], content[key]);
    }
  }
}

function replyCountsOf(plan: Plan): Uint32Array {
  const counts = new Uint32Array(plan.events.length);
  for (const { replyTo } of plan.events) if (replyTo !== undefined) counts[replyTo]!++;
  return counts;
}
