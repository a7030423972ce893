import type { Person, TestServer } from "@stairwell/testing";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { makePerson } from "../support/people.ts";

/** A bot or agent of the tenant `dev`, which somebody has signed in to before. It signs in as people do. */
export async function makeBot(
  server: TestServer,
  localId: string,
  more: { participantType?: "bot" | "agent"; autoJoin?: boolean } = {},
): Promise<Person> {
  const tenant = await findTenantBySlug(server.db, "dev");
  await makePerson(server.db, tenant!, localId, { participantType: "bot", ...more });
  return server.person(localId).signIn();
}
