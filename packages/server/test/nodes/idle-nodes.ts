import type { TestContext } from "node:test";
import { freshDatabase } from "@stairwell/testing";
import { openPostgres } from "@stairwell/server/testing";
import { NO_BUS } from "../../src/bus/index.ts";
import type { Db } from "../../src/db/index.ts";
import { joinNodes, type Node } from "../../src/nodes/index.ts";

/** A node without doors. */
export interface IdleNode {
  db: Db;
  node: Node;
  /** It does nothing from now on, as one that was stopped. */
  hang: () => void;
}

async function join(url: string): Promise<IdleNode> {
  const db = await openPostgres({ url, now: () => Date.now(), isUnsafe: true });
  let hasHung = false;
  const hanging: Db = new Proxy(db, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "write" && hasHung) return () => Promise.reject(new Error("it hangs"));
      return member.bind(target) as unknown;
    },
  });
  const node = await joinNodes({ db: hanging, bus: NO_BUS, now: () => Date.now() }, () => {});
  return { db, node, hang: () => void (hasHung = true) };
}

/** Nodes of one database, without doors, whose stores can be made to hang. */
export async function idleNodes(t: TestContext, count: number): Promise<IdleNode[]> {
  const database = await freshDatabase();
  const joined: IdleNode[] = [];
  t.after(async () => {
    for (const { node, db } of joined) {
      await node.close();
      await db.close();
    }
    await database.drop();
  });
  for (let i = 0; i < count; i++) joined.push(await join(database.url));
  return joined;
}
