import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "./address.ts";

test("parameters are escaped as one segment each, so that an id cannot change the path", () => {
  const address = (room_id: string) => addressOf("http://x", "/v1/rooms/{room_id}/join", { room_id }, undefined);
  assert.equal(address("room-1"), "http://x/v1/rooms/room-1/join");
  assert.equal(address("a/../b?c#d %"), "http://x/v1/rooms/a%2F..%2Fb%3Fc%23d%20%25/join");
  assert.equal(address(".."), "http://x/v1/rooms/%2E%2E/join");
});

test("query values are escaped, and undefined ones left out", () => {
  assert.equal(
    addressOf("http://x/base", "/v1/list", undefined, { q: "a&b=ü", limit: 5, cursor: undefined }),
    "http://x/base/v1/list?q=a%26b%3D%C3%BC&limit=5",
  );
});

test("a missing parameter is the caller's mistake", () => {
  assert.throws(() => addressOf("http://x", "/v1/rooms/{room_id}", {}, undefined), /needs the parameter room_id/);
});
