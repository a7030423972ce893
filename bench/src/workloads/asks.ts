import type { Ask } from "../load/plan.ts";
import { TALK } from "../load/talk.ts";

export const createRoom = (token: string, roomType: "public" | "group"): Ask => ({
  method: "POST",
  path: "/v1/rooms",
  token,
  body: `{"room_type":"${roomType}","name":"Landing {n}"}`,
  expect: 201,
});

export const send = (token: string, roomId: string): Ask => ({
  method: "POST",
  path: `/v1/rooms/${roomId}/send`,
  token,
  body: `{"content":{"msgtype":"swp.text","body":"${TALK} {n}"}}`,
  expect: 201,
});

export const join = (token: string, roomId: string): Ask => membershipChange("join", token, roomId);
export const leave = (token: string, roomId: string): Ask => membershipChange("leave", token, roomId);

function membershipChange(verb: "join" | "leave", token: string, roomId: string): Ask {
  return { method: "POST", path: `/v1/rooms/${roomId}/${verb}`, token, body: "{}", expect: 200 };
}

/** A list; `query` without its question mark. */
export const list = (token: string, path: string, query: string): Ask => ({
  method: "GET",
  path: query === "" ? path : `${path}?${query}`,
  token,
  expect: 200,
});
