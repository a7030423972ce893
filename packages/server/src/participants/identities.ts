import type { Reader, Tx } from "../db/index.ts";
import { Lru } from "../lib/lru.ts";
import type { Identity, Participant } from "./participant.ts";
import { findByFqid, findById, findByNo } from "./participants.store.ts";

/** So many people are remembered, about 400 bytes each. */
const CAPACITY = 50_000;

/**
 * Who is behind a number, an id or an FQID: what of a participant never changes, remembered for hot paths.
 * Answers at once, without a promise, for whoever is remembered. Unknown names are asked for every time.
 */
export class Identities {
  readonly #byNo = new Lru<string, Identity>(CAPACITY);
  readonly #byId = new Lru<string, Identity>(CAPACITY);
  readonly #byFqid = new Lru<string, Identity>(CAPACITY);

  byNo(reader: Reader, tenantNo: number, participantNo: number): Identity | Promise<Identity | undefined> {
    const known = this.#byNo.get(`${tenantNo}/${participantNo}`);
    return known ?? this.#read(reader, tenantNo, findByNo(reader, tenantNo, participantNo));
  }

  byId(reader: Reader, tenantNo: number, participantId: string): Identity | Promise<Identity | undefined> {
    const known = this.#byId.get(`${tenantNo}/${participantId}`);
    return known ?? this.#read(reader, tenantNo, findById(reader, tenantNo, participantId));
  }

  byFqid(reader: Reader, tenantNo: number, fqid: string): Identity | Promise<Identity | undefined> {
    const known = this.#byFqid.get(`${tenantNo}/${fqid}`);
    return known ?? this.#read(reader, tenantNo, findByFqid(reader, tenantNo, fqid));
  }

  async #read(
    reader: Reader,
    tenantNo: number,
    finding: Promise<Participant | undefined>,
  ): Promise<Identity | undefined> {
    const found = await finding;
    if (found === undefined) return undefined;
    const { participantNo, participantId, fqid, localId, serverName, participantType } = found;
    const identity = { participantNo, participantId, fqid, localId, serverName, participantType };
    // What a command sees may be a neighbour's row that is undone with the group, and its number given to another.
    if (isTx(reader)) reader.afterCommit(() => this.#remember(tenantNo, identity));
    else this.#remember(tenantNo, identity);
    return identity;
  }

  #remember(tenantNo: number, identity: Identity): void {
    this.#byNo.set(`${tenantNo}/${identity.participantNo}`, identity);
    this.#byId.set(`${tenantNo}/${identity.participantId}`, identity);
    this.#byFqid.set(`${tenantNo}/${identity.fqid}`, identity);
  }
}

function isTx(reader: Reader): reader is Tx {
  return "afterCommit" in reader;
}
