import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";
import { ask } from "./ask.ts";

test("AP2 a token that is not this bot's answers an administrator as an unknown one", async (t) => {
  const { server, alice, admin } = await openStage(t, ["alice", "admin"]);
  const base = "/v1/admin/participants";
  const botWithToken = async (local_id: string) => {
    const bot = assertOk(await admin.post(base, { local_id, participant_type: "bot", token: null })).data.id as string;
    const token = assertOk(await admin.post(`${base}/${bot}/tokens`, { name: "x" })).data.id as string;
    return { bot, token };
  };
  const [one, other] = [await botWithToken("one"), await botWithToken("other")];
  const revoked = assertOk(await admin.post(`${base}/${one.bot}/tokens`, { name: "x" })).data.id as string;
  assertOk(await admin.delete(`${base}/${one.bot}/tokens/${revoked}`));
  const own = assertOk(await admin.post("/v1/me/tokens", { name: "x" })).data.id as string;
  const anothers = assertOk(await alice.post("/v1/me/tokens", { name: "x" })).data.id as string;

  const revoke = (token: string) =>
    ask(server, "admin", "DELETE", `${base}/${one.bot}/tokens/${encodeURIComponent(token)}`);
  await unchanged(server, async () => {
    const unknown = await revoke("tok-01890a5d-ac96-774b-bcce-b302099a8057");
    assert.equal(unknown.status, 404);
    for (const token of [other.token, revoked, own, anothers, "x", `${one.token}x`, " ", "../x", "%00"]) {
      assert.deepEqual(await revoke(token), unknown, token);
    }
  });
  assertOk(await admin.delete(`${base}/${one.bot}/tokens/${one.token}`));
});
