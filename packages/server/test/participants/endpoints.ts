import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { ActorCache } from "../../src/auth/index.ts";
import { Cursors } from "../../src/lib/cursor.ts";
import { participantRoutes } from "../../src/participants/index.ts";
import { makePersonalWorkspace } from "../../src/workspaces/index.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

/** The calls about people over a store with one tenant, and a way to make people in it. */
export async function openPeople(t: TestContext) {
  const store = await openStore(t);
  const { db, clock } = store;
  const actors = new ActorCache(clock);
  const endpoints = participantRoutes({ db, actors, cursors: new Cursors(randomBytes(32)), makePersonalWorkspace });
  const tenant = await makeTenant(db, "acme");
  const person = async (localId: string, more: Parameters<typeof makePerson>[3] = {}) =>
    actorFor(tenant, await makePerson(db, tenant, localId, more));
  return { ...store, endpoints, tenant, person };
}
