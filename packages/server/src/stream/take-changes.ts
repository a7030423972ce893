import type { ActorCache } from "../auth/index.ts";
import type { Hub } from "./hub.ts";
import type { TailParts } from "./tail.ts";

export interface TakeChangesParts {
  hub: Hub;
  actors: ActorCache;
  onFault: (error: unknown) => void;
}

/** Puts into force on this node what changed on any, and is no event. What changed here is in force, and is so again. */
export function takeChanges({ hub, actors, onFault }: TakeChangesParts): Pick<TailParts, "onFollow" | "onChanges"> {
  return {
    // What was proven before this may be what a change of then ended.
    onFollow: (tenantNo) => actors.distrust(tenantNo),
    onChanges(tenantNo, changes) {
      if (changes === undefined) {
        actors.heard(tenantNo, undefined);
        hub.dropTenant(tenantNo);
        return;
      }
      for (const { kind, participantNo, roomNo } of changes) {
        if (kind === "standing") actors.heard(tenantNo, participantNo ?? undefined);
        else if (kind === "sight") hub.beginAnew(tenantNo, participantNo!);
        else hub.settingsChanged(tenantNo, participantNo!, roomNo!).catch(onFault);
      }
    },
  };
}
