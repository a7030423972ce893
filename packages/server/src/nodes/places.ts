import { randomUUID } from "node:crypto";
import type { Db } from "../db/index.ts";
import { every, type Loop } from "../lib/periodic.ts";
import { countPlaces, deletePlace, insertPlace, type PlaceScope } from "./places.store.ts";

/** At one time, of a tenant and of one person. */
export interface PlaceLimits {
  readonly tenant: number;
  readonly participant: number;
}

/** Whose places are all taken. */
export type Full = "tenant" | "participant";

/** Gives a place back; a repeat changes nothing. */
export type FreePlace = () => void;

/** Counts what tenants do at one time. */
export interface Places {
  /** A place, or whose are all taken. */
  take(scope: PlaceScope, participantNo: number, most: PlaceLimits): Promise<FreePlace | Full>;
}

/** Of a node that has its store for itself. */
export class OwnPlaces implements Places {
  readonly #taken = new Set<PlaceScope & { readonly participantNo: number }>();

  async take({ tenantNo, kind }: PlaceScope, participantNo: number, most: PlaceLimits): Promise<FreePlace | Full> {
    const alike = [...this.#taken].filter((place) => place.tenantNo === tenantNo && place.kind === kind);
    if (alike.filter((place) => place.participantNo === participantNo).length >= most.participant) return "participant";
    if (alike.length >= most.tenant) return "tenant";
    const place = { tenantNo, kind, participantNo };
    this.#taken.add(place);
    return () => void this.#taken.delete(place);
  }
}

const RETRY_MS = 1000;

/** As rows, counted on all nodes. A place goes with the node that took it. */
export class SharedPlaces implements Places {
  readonly #db: Db;
  readonly #holder: string;
  readonly #freed = new Map<string, PlaceScope>();
  readonly #retry: Loop;

  constructor(db: Db, nodeId: string, onError: (error: unknown) => void) {
    this.#db = db;
    this.#holder = nodeId;
    this.#retry = every(RETRY_MS, () => this.#deleteFreed(), onError);
  }

  async take(scope: PlaceScope, participantNo: number, most: PlaceLimits): Promise<FreePlace | Full> {
    const placeId = randomUUID();
    const full = await this.#db.write(scope, async (tx): Promise<Full | undefined> => {
      const taken = await countPlaces(tx, scope, participantNo);
      if (taken.participant >= most.participant) return "participant";
      if (taken.tenant >= most.tenant) return "tenant";
      await insertPlace(tx, scope, placeId, participantNo, this.#holder);
      return undefined;
    });
    if (full !== undefined) return full;
    return () => {
      this.#freed.set(placeId, scope);
      // What fails is tried again.
      this.#deleteFreed().catch(() => {});
    };
  }

  async stop(): Promise<void> {
    await this.#retry.stop();
  }

  async #deleteFreed(): Promise<void> {
    for (const [placeId, scope] of this.#freed) {
      await this.#db.write({ tenantNo: scope.tenantNo }, (tx) => deletePlace(tx, scope, placeId));
      this.#freed.delete(placeId);
    }
  }
}
