import type { Person, TestServer } from "@stairwell/testing";

/** Sends a body as this text, for JSON that no value of ours would become. */
export function sendText(who: Person, room: string, text: string): ReturnType<Person["post"]> {
  return who.request("POST", `/v1/rooms/${room}/send`, text);
}

/** The answer to a GET as text, for what parsing would hide. */
export async function textOf(server: TestServer, who: Person, path: string): Promise<string> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer dev-${who.name}` } });
  return response.text();
}
