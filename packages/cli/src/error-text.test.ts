import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellApiError, StairwellNetworkError } from "@stairwell/client";
import { errorText } from "./error-text.ts";
import { reaching } from "./reach.ts";

test("a fault of the embedded store is told with what to do", () => {
  const of = (errcode: number) => errorText(Object.assign(new Error("as the engine says it"), { errcode }));
  assert.match(of(13), /the disk is full: free some space/);
  assert.match(of(11), /the store is damaged: .*stairwell restore/);
  assert.match(of(14 | (2 << 8)), /run the command as the user that owns it/);
  assert.equal(of(1), "as the engine says it");
});

test("a room that is not there is told with what else that may mean", () => {
  const body = { error: { code: "SW_ROOM_NOT_FOUND", message: "There is no such room.", request_id: "r-1" } };
  assert.match(
    errorText(new StairwellApiError(404, body, "r-1", undefined)),
    /^There is no such room\. A room that the caller/,
  );
});

test("where TLS is not come to terms with, the message says whose fault that is", async () => {
  const failed = (code: string) =>
    reaching("https://x.example", () =>
      Promise.reject(new StairwellNetworkError(Object.assign(new Error("tls"), { code }), false)),
    );
  await assert.rejects(failed("ERR_SSL_WRONG_VERSION_NUMBER"), /should the address begin with http:/);
  await assert.rejects(failed("DEPTH_ZERO_SELF_SIGNED_CERT"), /NODE_EXTRA_CA_CERTS/);
  await assert.rejects(failed("ECONNREFUSED"), /Start one with 'stairwell serve'/);
});
