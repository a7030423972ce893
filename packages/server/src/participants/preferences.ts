import { invalid } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { type Caller, findCaller } from "./caller.ts";
import type { DefaultMode, Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

export interface NewPreferences {
  defaultMode?: DefaultMode | undefined;
  /** A BCP 47 tag; null for none. */
  locale?: string | null | undefined;
  /** An IANA name; null for none. */
  timezone?: string | null | undefined;
  autoJoin?: boolean | undefined;
}

/**
 * Changes some of the caller's preferences; what is left out stays. `SW_REQUEST_INVALID` for an unknown locale or
 * time zone, and for `auto_join` of a human: only bots and agents accept invites by themselves (MB5).
 */
export async function updatePreferences(tx: Tx, caller: Caller, wanted: NewPreferences): Promise<Participant> {
  const locale = wanted.locale && checkedLocale(wanted.locale);
  const timezone = wanted.timezone && checkedTimezone(wanted.timezone);
  const before = await findCaller(tx, caller);
  if (wanted.autoJoin === true && before.participantType === "human")
    throw invalid("/auto_join", "is for bots and agents");
  const after = {
    ...before,
    defaultMode: wanted.defaultMode ?? before.defaultMode,
    locale: locale === undefined ? before.locale : locale,
    timezone: timezone === undefined ? before.timezone : timezone,
    autoJoin: wanted.autoJoin ?? before.autoJoin,
  };
  await saveParticipant(tx, caller.tenantNo, after);
  return after;
}

function checkedLocale(tag: string): string {
  if (!passes(() => Intl.getCanonicalLocales(tag))) throw invalid("/locale", "is no BCP 47 language tag");
  return tag;
}

function checkedTimezone(name: string): string {
  // The platform takes offsets too, which know no summer. Its own spelling may be an old one (Asia/Calcutta), so the
  // given one is kept.
  if (/^[+-]/.test(name) || !passes(() => new Intl.DateTimeFormat("en", { timeZone: name })))
    throw invalid("/timezone", "is no IANA time zone name");
  return name;
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
