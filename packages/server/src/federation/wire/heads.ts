import { headText, type RoomId, StairwellError } from "@stairwell/protocol";
import { type SignedHead, stateText } from "@stairwell/protocol/federation";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { signWith, type SigningKey } from "../../tenants/index.ts";

/** Where a room's log ends, as its hub signs it (FD4). */
export function signHead(key: SigningKey, roomId: RoomId, end: { position: number; hash: string }): SignedHead {
  const head = { room_id: roomId, position: end.position, hash: end.hash };
  return { ...head, key_id: key.keyId, signature: signWith(key, headText(head)) };
}

/** The key of a server by its id, good for something that is first seen now. Throws as `PeerKeys.keyFor`. */
export type KeyOf = (keyId: string) => Promise<{ readonly publicKey: string }>;

/** Whether a head was signed by the server whose keys these are. `SW_FED_SIGNATURE` where it was not. */
export async function checkHead(keyOf: KeyOf, head: SignedHead): Promise<void> {
  const { publicKey } = await keyOf(head.key_id);
  if (verifyEd25519(publicKey, headText(head), head.signature)) return;
  throw new StairwellError("SW_FED_SIGNATURE", { message: "The head is not signed by the room's hub.", rule: "FD4" });
}

export function signState(key: SigningKey, roomId: RoomId, state: { position: number; state_hash: string }): string {
  return signWith(key, stateText({ room_id: roomId, ...state }));
}
