import { StairwellError } from "@stairwell/protocol";
import { type Db, withWrite } from "../../db/index.ts";
import { isNonceTaken, takeNonce } from "../../peers/index.ts";
import type { PeerRequest } from "./peer-request.ts";

/** A signature is good for a minute; nonces are kept longer, so that a clock that is set back lets nothing come twice. */
const KEPT_MS = 15 * 60 * 1000;

/**
 * Lets a signed request in once (FD2), also across restarts and nodes: by a row, which is written before the request has any
 * effect, or in the very transaction that does. `SW_FED_SIGNATURE` the second time.
 */
export class Once {
  readonly #db: Db;
  readonly #peer: Pick<PeerRequest, "tenant" | "serverName" | "keyId" | "nonce">;
  /** The group that its row was written in; one that fails is run again, under another name. */
  #hold: object | undefined;
  #isTaken = false;

  constructor(db: Db, peer: Pick<PeerRequest, "tenant" | "serverName" | "keyId" | "nonce">) {
    this.#db = db;
    this.#peer = peer;
  }

  /** Takes the request, where none of its writes has. */
  async take(): Promise<void> {
    if (this.#isTaken) return;
    const { tenantNo } = this.#peer.tenant;
    if (!(await this.#db.write({ tenantNo }, (tx) => takeNonce(tx, tenantNo, this.#peer, tx.now + KEPT_MS))))
      throw taken();
    this.#isTaken = true;
  }

  /** Refuses what was taken before by now, and takes nothing yet. */
  async look(): Promise<void> {
    if (await isNonceTaken(this.#db, this.#peer.tenant.tenantNo, this.#peer)) throw taken();
  }

  /** The store, whose first write takes the request with what it does. Of two that come at once one has an effect. */
  during(db: Db): Db {
    return withWrite(db, (scope, work) =>
      db.write(scope, async (tx) => {
        const { tenantNo } = this.#peer.tenant;
        const isOurs = this.#isTaken || this.#hold === tx.hold;
        const isSeen = !isOurs && (await isNonceTaken(tx, tenantNo, this.#peer));
        // One that stands there since an earlier write of ours is ours.
        if (isSeen && this.#hold === undefined) throw taken();
        const done = await work(tx);
        if (isOurs || isSeen) return done;
        if (!(await takeNonce(tx, tenantNo, this.#peer, tx.now + KEPT_MS))) throw taken();
        this.#hold = tx.hold;
        tx.afterCommit(() => (this.#isTaken = true));
        return done;
      }),
    );
  }
}

function taken(): StairwellError {
  return new StairwellError("SW_FED_SIGNATURE", { message: "This request was made before.", rule: "FD2" });
}
