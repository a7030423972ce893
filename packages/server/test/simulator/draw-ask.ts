import type { Fqid } from "@stairwell/protocol";
import type { Random } from "@stairwell/testing";
import type { Ask } from "./plan.ts";

/** Who is there to ask for something. */
export interface Cast {
  readonly everybody: readonly Fqid[];
  /** Those who are in rooms from the beginning. */
  readonly busy: readonly Fqid[];
  readonly isWide: boolean;
}

type What = Omit<Ask, "who" | "does">;

/** What is an administrator's to ask, who is the first of a server's people. */
const ADMINS = new Set(["federateRoom", "inviteFederated", "backfillRoom"]);
/** What takes no `Idempotency-Key`, being the same when it is asked again. */
const KEYLESS = new Set(["setPowerLevel", "setRoomTopic", "federateRoom", "backfillRoom"]);
/** So often somebody tries again what they have learned nothing of. */
const MOST_AGAIN = 3;

/** Something that comes to somebody's mind. */
export function drawAsk(random: Random, cast: Cast): Ask {
  const someone = random.pick(random.chance(0.85) ? cast.busy : cast.everybody);
  const room = random.int(0, 11);
  const what = random.chance(cast.isWide ? 0.06 : 0.02)
    ? alone(random, someone, cast)
    : random.chance(0.75)
      ? { room, ...inside(random, someone, cast) }
      : { room, outside: true as const, ...outside(random) };
  const isAdminsAffair = ADMINS.has(what.call) && random.chance(0.9);
  const isAnyones = "outside" in what || random.chance(0.15);
  const who = isAdminsAffair ? `@ann:${serverOf(someone)}` : isAnyones ? serverOf(someone) : someone;
  const hasKey = !KEYLESS.has(what.call) && random.chance(0.7);
  const again = Array.from({ length: MOST_AGAIN }, () => random.int(500, 20_000));
  return {
    does: "ask",
    who,
    ...what,
    ...(hasKey && { tries: again }),
    ...(hasKey && random.chance(0.1) && { again: true }),
    ...(what.call === "inviteMember" && random.chance(0.5) && { crowd: true }),
  };
}

/** What follows upon it, by whom it is about: who is invited comes, and who has left comes back. */
export function drawAnswer(random: Random, { call, who, other }: Ask): Ask | undefined {
  const does = "ask";
  const outside = { room: random.int(0, 11), outside: true } as const;
  if (call.startsWith("invite") && other !== undefined && random.chance(0.85))
    return { does, who: other, ...outside, call: "joinRoom" };
  if (call === "leaveRoom" && who.startsWith("@") && random.chance(0.5))
    return { does, who, ...outside, call: "rejoinRoom" };
  return undefined;
}

function serverOf(fqid: Fqid): string {
  return fqid.slice(fqid.indexOf(":") + 1);
}

function alone(random: Random, who: Fqid, { everybody, isWide }: Cast): What {
  const elsewhere = everybody.filter((fqid) => serverOf(fqid) !== serverOf(who));
  // Few, so that they meet: two of them at once, or again where one has left.
  if (isWide && random.chance(0.7)) return { call: "openFederatedDm", other: random.pick(elsewhere.slice(0, 3)) };
  return { call: "createRoom" };
}

/** Something that members do. */
function inside(random: Random, who: Fqid, { everybody, busy }: Cast): What {
  const others = (from: readonly Fqid[]): Fqid[] => from.filter((one) => one !== who);
  const chosen = random.int(1, 100);
  const message = random.int(0, 4);
  if (chosen <= 8) return { call: "editEvent", message };
  if (chosen <= 18) return { call: "addReaction", message, body: { emoji: random.pick(["👍", "🎉"]) } };
  if (chosen <= 24) return { call: "redactEvent", message };
  if (chosen <= 44) {
    const other = random.pick(others(random.chance(0.85) ? busy : everybody));
    if (chosen <= 30) return { call: "kickMember", other };
    if (chosen <= 34) {
      return {
        call: "banMember",
        other,
        ...(random.chance(0.5) && { body: { expires_in: random.int(5000, 120_000) } }),
      };
    }
    if (chosen <= 36) return { call: "unbanMember", other };
    return { call: "setPowerLevel", other, body: { power_level: random.pick([0, 50, 100]) } };
  }
  if (chosen <= 52) {
    const other = random.pick(others(everybody));
    const isOwn = serverOf(other) === serverOf(who);
    return { call: isOwn || random.chance(0.5) ? "inviteMember" : "inviteFederated", other };
  }
  if (chosen <= 54) return { call: "leaveRoom" };
  if (chosen <= 57) return { call: "setRoomTopic" };
  if (chosen === 58) return { call: random.pick(["archiveRoom", "rejoinRoom"]) };
  if (chosen === 59 && random.chance(0.3)) return { call: "closeRoom" };
  if (chosen === 60) return { call: "federateRoom", body: { enabled: random.chance(0.7) } };
  if (chosen === 61) return { call: "backfillRoom", body: { limit: random.int(1, 50) } };
  return {
    call: "sendMessage",
    ...(random.chance(0.1) && { message }),
    ...(random.chance(0.5) && { body: { has_uuid: true } }),
  };
}

/** Something that whoever is not in tries. */
function outside(random: Random): What {
  const chosen = random.int(1, 100);
  if (chosen <= 10) return { call: "leaveRoom" };
  if (chosen <= 60) return { call: "joinRoom" };
  return { call: chosen <= 80 ? "rejoinRoom" : "sendMessage" };
}
