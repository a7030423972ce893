/** Who plays: people of two tenants with a bot among them, and two who bear no credential that counts. */
import type { Person, Who, World } from "./world.ts";

const human = (tenant: string): Person => ({ tenant, kind: "human", eager: false, isAdmin: false });

/** Sees to the tenant, and takes no part in its rooms. */
export const ADMIN = "admin";

export const PEOPLE: ReadonlyMap<Who, Person> = new Map([
  ["ann", human("dev")],
  ["bob", human("dev")],
  ["cat", human("dev")],
  ["dan", human("dev")],
  ["robo", { tenant: "dev", kind: "bot", eager: true, isAdmin: false }],
  [ADMIN, { ...human("dev"), isAdmin: true }],
  ["eve", human("other")],
  ["fay", human("other")],
]);
/** No token, and one that nobody was given. */
export const STRANGERS = ["nobody", "stranger"] as const;
/** Bears an id that is nobody's. */
export const UNKNOWN = "unknown";

/** Small, so that short stories meet them. */
export const LIMITS = { participants: 4, rooms: 4, openInvites: 2 };

type Role = "owner" | "editor" | "viewer";

/** Everybody's own workspace, and one that three share with different rights. */
const WORKSPACES: ReadonlyMap<string, ReadonlyMap<Who, Role>> = new Map<string, ReadonlyMap<Who, Role>>([
  ...[...PEOPLE.keys()].map((who): [string, ReadonlyMap<Who, Role>] => [`own of ${who}`, new Map([[who, "owner"]])]),
  [
    "shared",
    new Map<Who, Role>([
      ["ann", "owner"],
      ["bob", "viewer"],
      ["cat", "editor"],
    ]),
  ],
]);

export function newWorld(now: number): World {
  const fixed = { people: PEOPLE, workspaces: WORKSPACES, limits: LIMITS };
  const nothing = { rooms: new Map(), media: new Map(), uploads: 0, receipts: new Map() };
  return { now, ...fixed, ...nothing, out: new Set(), leaving: new Set() };
}
