import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Person, tablesOf, type TestServer, type TestServerOptions } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { heldToSchemas } from "./schemas.ts";

type Stage<Names extends readonly string[]> = { server: TestServer } & { [N in Names[number]]: Person };

/**
 * A server with people signed in to the tenant `dev`, whose every answer is held against the route table. When the
 * test is over the whole store is held against its logs.
 */
export async function openStage<const Names extends readonly string[]>(
  t: TestContext,
  names: Names,
  options: TestServerOptions = {},
): Promise<Stage<Names>> {
  const server = await startVerified(t, options);
  const people: Record<string, Person> = {};
  for (const name of names) people[name] = await heldToSchemas(server.person(name)).signIn();
  return { server, ...people } as Stage<Names>;
}

/** Somebody of another tenant, signed in. */
export function foreigner(server: TestServer, name: string, tenant = "other"): Promise<Person> {
  return heldToSchemas(server.person(name, tenant)).signIn();
}

/** Every row of the store, by table. */
async function rowsOf({ db }: TestServer): Promise<Record<string, unknown[]>> {
  return db.snapshot(async (reader) => {
    const rows: Record<string, unknown[]> = {};
    for (const name of await tablesOf(reader)) rows[name] = await reader.all(`SELECT * FROM "${name}"`);
    return rows;
  });
}

/** What `work` answers, which must leave every row of the store as it was. */
export async function unchanged<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  const before = await rowsOf(server);
  const answer = await work();
  assert.deepEqual(await rowsOf(server), before);
  return answer;
}
