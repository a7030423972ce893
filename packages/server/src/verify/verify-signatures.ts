import { headText, proposalText } from "@stairwell/protocol";
import type { SignedHead } from "@stairwell/protocol/federation";
import type { Reader } from "../db/index.ts";
import { envelopeOf, listSignatures, type Signature, type StoredEvent } from "../events/index.ts";
import { verifyEd25519 } from "../lib/ed25519.ts";
import { findPeer } from "../peers/index.ts";
import type { StoredRoom } from "../state/index.ts";
import { findTenant, listKeys } from "../tenants/index.ts";

/**
 * Holds what other servers than its hub said in a room against their signatures (FD4), and the head that a hub signed. A
 * key that is not known here proves nothing either way: a bundle of files has only the keys that its server had pinned.
 */
export class SignatureCheck {
  readonly #reader: Reader;
  readonly #stored: StoredRoom;
  /** Server name → key id → public key. */
  readonly #keys = new Map<string, ReadonlyMap<string, string>>();

  constructor(reader: Reader, stored: StoredRoom) {
    this.#reader = reader;
    this.#stored = stored;
  }

  /** What is wrong with the signatures of a run of events, each with its position. */
  async take(events: readonly StoredEvent[]): Promise<[problem: string, position: number][]> {
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) return [];
    const signatures = await listSignatures(this.#reader, this.#stored, first.position, last.position);
    const found: [string, number][] = [];
    for (const event of events) {
      const problem = await this.#check(event, signatures.get(event.position));
      if (problem !== undefined) found.push([problem, event.position]);
    }
    return found;
  }

  /** Whether the room's hub signed a head; what is wrong, if anything. */
  async head(head: SignedHead): Promise<string | undefined> {
    const key = await this.#key(this.#stored.hub, head.key_id);
    if (key === undefined || verifyEd25519(key, headText(head), head.signature)) return undefined;
    return "the head is not signed by the room's hub";
  }

  async #check(event: StoredEvent, signature: Signature | undefined): Promise<string | undefined> {
    const author = event.imported ? null : (event.actedBy ?? event.sender);
    const serverName = author === null ? this.#stored.hub : author.slice(author.indexOf(":") + 1);
    if (serverName === this.#stored.hub) {
      return signature && "is signed by another server, and nobody of another server said it";
    }
    if (signature === undefined) return "was said by somebody of another server, and not signed by it";
    const key = await this.#key(serverName, signature.keyId);
    if (key === undefined) return undefined;
    const text = proposalText(envelopeOf(this.#stored.roomId, event, ""));
    return verifyEd25519(key, text, signature.value) ? undefined : "the signature of its server does not fit";
  }

  async #key(serverName: string, keyId: string): Promise<string | undefined> {
    let keys = this.#keys.get(serverName);
    if (keys === undefined) this.#keys.set(serverName, (keys = await this.#keysOf(serverName)));
    return keys.get(keyId);
  }

  /** All that were ever good: whether one was when it was used was looked at then. */
  async #keysOf(serverName: string): Promise<ReadonlyMap<string, string>> {
    const { tenantNo } = this.#stored;
    const isOurs = (await findTenant(this.#reader, tenantNo))?.serverName === serverName;
    const keys = isOurs
      ? await listKeys(this.#reader, tenantNo)
      : ((await findPeer(this.#reader, tenantNo, serverName))?.keys ?? []);
    return new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]));
  }
}
