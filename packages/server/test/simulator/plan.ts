import type { Fqid } from "@stairwell/protocol";
import type { LinkFaults } from "./net.ts";

/**
 * What happens in a world, before it does: who is there, what goes wrong, and who asks for what when. It is made from a seed
 * and played after; whatever is taken out of it changes nothing else that it says.
 */
export interface Plan {
  /** What servers and links draw while it is played: ids, keys, delays, and which requests are lost. */
  readonly dice: number;
  readonly servers: readonly ServerPlan[];
  readonly rooms: readonly RoomPlan[];
  /** Who reads their stream all the while. */
  readonly readers: readonly Fqid[];
  /** Who keeps to no rule, and how often it bends what it says, from 0 to 1. */
  readonly evil?: {
    readonly server: string;
    readonly zeal: number;
    /** It also speaks of names, and asks for files. */
    readonly isCurious?: true;
    /** It mostly tells others another end of a room's log than the one it has. */
    readonly isTwoFaced?: true;
  };
  /** How links are as a rule. */
  readonly weather: LinkFaults;
  /** After so many milliseconds all faults are gone, and everything has to come right. */
  readonly ms: number;
  readonly steps: readonly Step[];
  /** Whose keys are stolen before everybody is off for hours, at the very end. */
  readonly thief?: string;
}

export interface ServerPlan {
  readonly name: string;
  /** Whether its rooms show others what was said before they joined. */
  readonly showsHistory: boolean;
  readonly membersMayInvite: boolean;
  /** The server before it whose deployment it is in, where it has none of its own. */
  readonly house?: string;
  /** Events that it gives of a log for one request, at most. */
  readonly mostBackfill: number;
}

/** A shared room that is there before anything else: its first admin is the first of its server's people. */
export interface RoomPlan {
  readonly hub: string;
  readonly others: readonly Fqid[];
}

/** Something that happens so many milliseconds after the beginning; what lasts, lasts `for` so many. */
export type Step = { readonly at: number } & (
  | Ask
  | Fault
  | { readonly does: "mischief"; readonly dice: number; readonly isForFiles?: true }
);

/**
 * Somebody asks for something: a person, or where a server is named, whoever there has such a room. Rooms and messages are those
 * that they have at that moment: the nth of the rooms that they are in (or, with `outside`, are not, or not yet), the nth newest
 * message; where there is none, nothing is asked.
 */
export interface Ask {
  readonly does: "ask";
  readonly who: string;
  readonly call: string;
  readonly room?: number;
  readonly outside?: true;
  readonly message?: number;
  readonly other?: Fqid;
  /** The message names a file, one of a few contents. */
  readonly file?: number;
  /** More of what is asked for; `expires_in` is in milliseconds. */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
  /** With an `Idempotency-Key`, and again after so many milliseconds each time that nothing is learned of it. */
  readonly tries?: readonly number[];
  /** Once more also where it was done. */
  readonly again?: true;
  /** All others of the same server ask for the same at the same moment. */
  readonly crowd?: true;
}

export type Fault =
  | { readonly does: "crash"; readonly server: string; readonly for: number }
  | {
      readonly does: "cut";
      readonly from: string;
      readonly to: string;
      readonly cut: "both" | "requests" | "answers";
      readonly isMutual: boolean;
      readonly for: number;
    }
  /** A store takes nothing, or a share of what it is given. */
  | {
      readonly does: "fill";
      readonly server: string;
      readonly fate: "full" | "broken";
      readonly share: number;
      readonly for: number;
    }
  /** The power goes in the middle of a commit, that many later, which is lost or kept. */
  | {
      readonly does: "cut power";
      readonly server: string;
      readonly commits: number;
      readonly fate: "lost" | "kept";
      readonly for: number;
    }
  | { readonly does: "rotate"; readonly server: string }
  /** A clock is wrong by so many milliseconds. */
  | { readonly does: "skew"; readonly server: string; readonly ms: number; readonly for: number }
  /**
   * A server denies another, at once or in the midst of the next that it is asked by it; until all faults are gone where it is
   * not said for how long.
   */
  | {
      readonly does: "deny";
      readonly server: string;
      readonly other: string;
      readonly for?: number;
      readonly isMidway?: true;
    };

/** A plan as lines to read, and then as what `kept/` has. */
export function told(plan: Plan): string {
  const { steps, servers, rooms, ...rest } = plan;
  const of = (facts: object): string =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ");
  const lines = [
    ...servers.map(({ name, ...policy }) => `${name}: ${of(policy)}`),
    ...rooms.map(({ hub, others }) => `a room of ${hub} with ${others.join(" ")}`),
    of(rest),
    ...steps.map(({ at, does, ...facts }) => `${String(at).padStart(6)} ms: ${does} ${of(facts)}`),
  ];
  return `${lines.join("\n")}\n${JSON.stringify(plan)}`;
}
