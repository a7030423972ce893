/** What a server rests on, looked at before something bites. */
export type { Check } from "./check.ts";
export { examine } from "./examine.ts";
