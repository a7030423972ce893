import { invalid } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { type Caller, findCaller } from "./caller.ts";
import { cleanDisplayName } from "./create-participant.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

export interface Profile {
  displayName?: string | undefined;
  /** Null removes it. */
  avatarUrl?: string | null | undefined;
}

/** Changes the caller's display name or avatar; what is left out stays. `SW_REQUEST_INVALID` for a name or address that cannot be shown. */
export async function updateMe(tx: Tx, caller: Caller, profile: Profile): Promise<Participant> {
  const displayName = profile.displayName === undefined ? undefined : cleanDisplayName(profile.displayName);
  const avatarUrl = profile.avatarUrl === undefined ? undefined : checkedAvatar(profile.avatarUrl);
  const before = await findCaller(tx, caller);
  const after = {
    ...before,
    displayName: displayName ?? before.displayName,
    avatarUrl: avatarUrl === undefined ? before.avatarUrl : avatarUrl,
  };
  if (after.displayName === before.displayName && after.avatarUrl === before.avatarUrl) return before;
  await saveParticipant(tx, caller.tenantNo, after);
  return after;
}

/** Media of this server, or a picture elsewhere on the web: nothing that a browser would run. */
function checkedAvatar(url: string | null): string | null {
  if (url === null) return null;
  if (/^\/v1\/media\/[A-Za-z0-9/_-]+$/.test(url)) return url;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "https:" || parsed?.protocol === "http:") return parsed.href;
  throw invalid("/avatar_url", "is no http or https address, nor a path under /v1/media/");
}
