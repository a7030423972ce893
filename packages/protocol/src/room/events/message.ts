/** Types that carry content but fold into nothing: `apply` leaves the state as it is. */
export const MESSAGE = "swp.room.message";

/** What members may send of their own: any dotted name outside `swp.` (spec/model.md, "Event types and content"). */
const CUSTOM = /^[a-z0-9_]+(\.[a-z0-9_]+)+$/;

export function isSendable(eventType: string): boolean {
  return eventType === MESSAGE || (CUSTOM.test(eventType) && !eventType.startsWith("swp."));
}
