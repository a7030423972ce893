import type { Address, Ask } from "../load/plan.ts";

/** Asks once more and looks into the page: as many distinct items as wanted, and as long as all answers were. */
export async function checkPage(
  { host, port }: Address,
  ask: Ask,
  items: number,
  meanBytes: number | null,
): Promise<string[]> {
  const response = await fetch(`http://${host}:${port}${ask.path}`, {
    headers: { authorization: `Bearer ${ask.token}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { data } = JSON.parse(bytes.toString()) as { data: { id?: string; participant_id?: string }[] };
  const distinct = new Set(data.map(({ id, participant_id }) => id ?? participant_id)).size;
  return [
    ...(distinct === items && data.length === items ? [] : [`${ask.path}: ${distinct} of ${items} items`]),
    ...(meanBytes === null || meanBytes === bytes.length ? [] : [`${ask.path}: answers differed in length`]),
  ];
}
