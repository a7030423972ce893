import type { Receipt } from "../load/plan.ts";

/** What the checks read of an item of `GET …/messages`. */
export interface LoggedEvent {
  id: string;
  event_type: string;
  stream_position: number;
}

/**
 * Compares what a room's log holds after position `head` with what was acknowledged: positions without gaps, every
 * receipt once and at the position it was told, nothing else. Answers one line a fault.
 */
export function compareLog(head: number, logged: readonly LoggedEvent[], receipts: readonly Receipt[]): string[] {
  const faults: string[] = [];
  const positions = new Map<string, number>();
  for (const [index, { id, stream_position }] of logged.entries()) {
    if (stream_position !== head + index + 1) {
      faults.push(`position ${head + index + 1} is missing: ${stream_position} stands in its place`);
      break;
    }
    if (positions.has(id)) faults.push(`${id} is stored twice`);
    positions.set(id, stream_position);
  }
  for (const { id, position } of receipts) {
    const stored = positions.get(id);
    if (stored === undefined) faults.push(`${id} was acknowledged and is not stored`);
    else if (stored !== position) faults.push(`${id} was acknowledged at ${position} and is stored at ${stored}`);
  }
  if (logged.length > receipts.length) faults.push(`${logged.length - receipts.length} events nobody was told of`);
  return faults;
}
