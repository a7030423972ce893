import assert from "node:assert/strict";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";

/** What the admins' calls about somebody begin with. */
export const managed = (who: Person, verb = ""): string => `/v1/admin/participants/${who.id}${verb}`;

/** Deactivates somebody and waits until they have left their rooms. */
export async function deactivate(server: TestServer, admin: Person, who: Person): Promise<void> {
  const answer = assertOk(await admin.post(managed(who, "/deactivate")));
  assert.notEqual(answer.data.deactivated_at, null);
  await untilGone(server);
}

/** Settles when nobody is being taken out of rooms: asked in write groups, which the job fills as well. */
export async function untilGone({ db }: TestServer): Promise<void> {
  const deadline = performance.now() + 60_000;
  while ((await db.write("deployment", (tx) => tx.get("SELECT 1 FROM deactivations LIMIT 1"))) !== undefined) {
    assert(performance.now() < deadline, "somebody does not leave their rooms");
  }
}
