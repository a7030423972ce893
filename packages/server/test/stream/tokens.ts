import { assertOk, Person } from "@stairwell/testing";

/** A further token of somebody. */
export async function mint(person: Person, more: object = {}): Promise<{ id: string; holder: Person }> {
  const { id, token } = assertOk(await person.post("/v1/me/tokens", { name: "a test", ...more })).data;
  return { id, holder: new Person(person.url, person.name, token) };
}
