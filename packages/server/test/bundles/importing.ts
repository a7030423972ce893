import type { Answer, Person } from "@stairwell/testing";

/** Brings a bundle, as a form. */
export async function importing(
  person: Person,
  bytes: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
  // Tests look into answers of every shape; a wrong guess fails their assertions.
  // oxlint-disable-next-line typescript/no-explicit-any
): Promise<Answer<any>> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([bytes]), "room.zip");
  const response = await fetch(`${person.url}/v1/rooms/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.credential}`, ...headers },
    body: form,
  });
  const body = (await response.json()) as Pick<Answer<unknown>, "data" | "meta" | "error">;
  return { status: response.status, headers: response.headers, data: body.data, meta: body.meta, error: body.error };
}
