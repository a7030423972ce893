import type { Line } from "../conversation/line.ts";
import { addressedIn } from "./mention.ts";

/** One call of the API, made for a line. */
export interface Step {
  readonly line: Line;
  /** Who makes it. */
  readonly nick: string;
  /** The line's own kind, or the join of somebody who speaks without having joined. */
  readonly act: Line["type"];
  /** Its event's place among those of the replay, from 0; undefined when it changes nothing. */
  readonly event: number | undefined;
  /** Who is addressed. */
  readonly mention?: string;
  /** The place of the event that is replied to. */
  readonly replyTo?: number;
}

/** A step that makes an event. */
export type Making = Step & { readonly event: number };

/** What a conversation becomes in a room. */
export interface Plan {
  readonly lines: readonly Line[];
  readonly steps: readonly Step[];
  /** The steps that make events, each at its event's place. */
  readonly events: readonly Making[];
  /** Everybody who acts, in the order of their first act. */
  readonly people: readonly string[];
  /** Who is in the room in the end, and who was and has left. */
  readonly inRoom: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  /** Replies to a leave of somebody who never was in the room: no event stands for it. */
  readonly unlinked: readonly Line[];
}

/**
 * Plans a replay: a pure function of the lines, so that an interrupted one finds where it was. Whoever speaks, acts or
 * takes another nick without having joined joins first. Each nick is a person of its own: the one who takes another
 * says so under the old nick, which stays in the room, and joins under the new one when they first speak.
 */
export function planOf(lines: readonly Line[]): Plan {
  const planner = new Planner();
  for (const line of lines) planner.add(line);
  const { steps, events, people, inRoom, left, unlinked } = planner;
  return { lines, steps, events, people: [...people], inRoom, left, unlinked };
}

class Planner {
  readonly steps: Step[] = [];
  readonly events: Making[] = [];
  readonly people = new Set<string>();
  readonly inRoom = new Set<string>();
  readonly left = new Set<string>();
  readonly unlinked: Line[] = [];
  /** The newest event of each person that is a join or a leave. */
  readonly #passages = new Map<string, Making>();
  /** The event that stands for each line. */
  readonly #standing = new Map<string, number | undefined>();

  add(line: Line): void {
    this.people.add(line.nick);
    const made = line.type === "join" || line.type === "leave" ? this.#pass(line, line.type) : this.#speak(line);
    this.#standing.set(line.id, made);
  }

  /** A passage that changes nothing is stood for by the one that had made it so. */
  #pass(line: Line, act: "join" | "leave"): number | undefined {
    const { nick } = line;
    if (this.inRoom.has(nick) === (act === "join")) {
      this.steps.push({ line, nick, act, event: undefined });
      return this.#passages.get(nick)?.event;
    }
    const step = this.#make({ line, nick, act });
    this.#passages.set(nick, step);
    const [from, to] = act === "join" ? [this.left, this.inRoom] : [this.inRoom, this.left];
    from.delete(nick);
    to.add(nick);
    return step.event;
  }

  #speak(line: Line): number {
    const { nick, type: act } = line;
    if (!this.inRoom.has(nick)) this.#pass(line, "join");
    if (line.type !== "message" && line.type !== "action") return this.#make({ line, nick, act }).event;
    const mention = addressedIn(line.text, (who) => this.inRoom.has(who));
    const replyTo = line.replyTo === undefined ? undefined : this.#standing.get(line.replyTo);
    if (line.replyTo !== undefined && replyTo === undefined) this.unlinked.push(line);
    return this.#make({
      line,
      nick,
      act,
      ...(mention !== undefined && { mention }),
      ...(replyTo !== undefined && { replyTo }),
    }).event;
  }

  #make(step: Omit<Step, "event">): Making {
    const made = { ...step, event: this.events.length };
    this.steps.push(made);
    this.events.push(made);
    return made;
  }
}
