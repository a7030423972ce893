import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, errorBody, ERRORS, invalid, StairwellError } from "./errors.ts";

test("AP5 every code of the table has a status of failure and says in a sentence what is wrong", () => {
  for (const [code, { status, message }] of Object.entries(ERRORS)) {
    assert.match(code, /^SW_[A-Z]+(_[A-Z]+)*$/);
    assert.ok(status >= 400 && status < 600, code);
    assert.match(message, /^[A-Z].*[^.]\.$/, code);
    assert.equal(new StairwellError(code as ErrorCode).status, status);
  }
});

test("AP5 the body of an error has code, message and request id, and of the rest what is known", () => {
  assert.deepEqual(errorBody(new StairwellError("SW_ROOM_NOT_FOUND"), "req-1"), {
    error: { code: "SW_ROOM_NOT_FOUND", message: "There is no such room.", request_id: "req-1" },
  });
  const refusal = new StairwellError("SW_ROOM_FORBIDDEN", {
    message: "That needs power 50.",
    rule: "MB12",
    needed: 50,
    actual: 0,
    retryAfterSeconds: 3,
    cause: new Error("never shown"),
  });
  assert.deepEqual(errorBody(refusal, "req-2"), {
    error: {
      code: "SW_ROOM_FORBIDDEN",
      message: "That needs power 50.",
      rule: "MB12",
      needed: 50,
      actual: 0,
      request_id: "req-2",
    },
  });
  assert.deepEqual(errorBody(invalid("/a", "is wrong"), "req-3").error["details"], [
    { path: "/a", reason: "is wrong" },
  ]);
});
