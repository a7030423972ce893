import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { readVectors } from "../../test/vectors.ts";
import { canonical } from "../canonical.ts";
import { contentHashText, envelopeText, headText, proposalText } from "../hash.ts";
import type { Json, JsonObject } from "../json.ts";
import type { RoomId } from "../ids.ts";
import { fold } from "../room/index.ts";
import { type Item, ITEM_SHAPES, type ItemResult, RESULT_SHAPES, stateText, wireStateText } from "./index.ts";

interface Server {
  server_name: string;
  public_key: string;
  key_id: string;
}

interface JoinVector {
  room_id: RoomId;
  hub: Server;
  replica: Server;
  proposal: Extract<Item, { type: "submit" }>["event"];
  proposal_signed: string;
  state_canonical: string;
  state_signed: string;
  head_signed: string;
  answer: Extract<ItemResult, { status: "sequenced" }>;
  clear: { content: JsonObject; salt: string }[];
}

const VECTOR = readVectors<JoinVector>("join");
const JOIN = VECTOR.answer.join!;

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** By the platform, never by a function of ours. */
function isSigned({ public_key }: Server, text: string, value: string): boolean {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(public_key, "base64")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, Buffer.from(text), key, Buffer.from(value, "base64"));
}

test("the answer to a join of the vectors, and the proposal before it, have the shapes that are read", () => {
  assert.equal(RESULT_SHAPES.get("sequenced")!(VECTOR.answer, ""), undefined);
  assert.equal(ITEM_SHAPES.submit({ type: "submit", event: VECTOR.proposal }, ""), undefined);
});

test("what is signed of the join of the vectors is what stands there, by the keys that are to have signed it", () => {
  const { hub, replica, room_id, proposal, answer } = VECTOR;
  assert.equal(proposalText(proposal), VECTOR.proposal_signed);
  assert.equal(proposalText(answer.event.envelope), VECTOR.proposal_signed);
  assert.ok(isSigned(replica, VECTOR.proposal_signed, proposal.signature.value));
  assert.equal(answer.event.signatures[0]!.value, proposal.signature.value);
  assert.equal(headText(answer.head), VECTOR.head_signed);
  assert.ok(isSigned(hub, VECTOR.head_signed, answer.head.signature));
  assert.equal(wireStateText(JOIN.state), VECTOR.state_canonical);
  assert.equal(sha256(VECTOR.state_canonical), JOIN.state_hash);
  const { position } = JOIN.state;
  assert.equal(stateText({ room_id, position, state_hash: JOIN.state_hash }), VECTOR.state_signed);
  assert.equal(canonical({ room_id, position, state_hash: JOIN.state_hash }), VECTOR.state_signed);
  assert.ok(isSigned(hub, VECTOR.state_signed, JOIN.state_signature));
});

test("the events of the join of the vectors are a chain, withheld or not, and its state is what they fold to", () => {
  let prevHash = "0".repeat(64);
  for (const { envelope, hash, content } of [...JOIN.events, ...JOIN.since]) {
    const clear = VECTOR.clear[envelope.position - 1];
    assert.equal(content === undefined, clear !== undefined);
    assert.equal(envelope.prev_hash, prevHash);
    assert.equal(sha256(envelopeText(envelope)), hash);
    if (clear !== undefined) {
      assert.equal(sha256(contentHashText(canonical(clear.content), clear.salt)), envelope.content_hash);
    }
    prevHash = hash;
  }
  const logged = JOIN.events.map(({ envelope }) => ({
    position: envelope.position,
    type: envelope.event_type,
    content: VECTOR.clear[envelope.position - 1]!.content,
    sender: envelope.sender,
    hubTs: envelope.hub_ts,
  }));
  const { room, members } = fold(logged);
  const { isPublic: _, workspaceId: _w, scopeKind: _s, closeOnLeave: _c, federated: _f, ...shared } = room!;
  const folded = {
    position: logged.at(-1)!.position,
    room_alias: JOIN.state.room_alias,
    room: shared,
    members: [...members.values()].map(({ reason: _r, ...member }) => member),
  };
  assert.equal(canonical(folded as unknown as Json), VECTOR.state_canonical);
});
