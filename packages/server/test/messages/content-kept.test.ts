import assert from "node:assert/strict";
import { test } from "node:test";
import canonicalize from "canonicalize";
import { openStage } from "../support/stage.ts";
import { sendText, textOf } from "./raw.ts";

/** Texts that something on the way might tidy. */
const TEXTS = {
  emoji: "\u{1f9d7}\u200d\u2642\ufe0f \u{1f469}\u{1f3fd}\u200d\u{1f680} \u{1f1e9}\u{1f1ea} \u2764\ufe0f",
  "line ends": "one\r\ntwo\rthree\nfour\n\r\n",
  controls: Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join("") + "\u007f\u0080\u009f",
  "right to left": "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627 \u2067x\u2069\u200f",
  spaces: "  \t two  \u00a0\u2003\u3000\u200b\ufeff ",
  separators: "a\u2028b\u2029c\u0085d",
  "not composed": "e\u0301 \u0041\u030a \ufb01 \u1100\u1161 \u212b",
  composed: "\u00e9 \u00c5 fi \uac00",
  quotes: '"\\" \\u0041 \\n \'` </script> <!-- ${x} %s {{y}} &amp; @room @alice #general',
  noncharacters: "\ufffe\uffff\u{10ffff}\ufffd",
  SQL: "'; DROP TABLE events; -- $1 ?1",
};

test("EV2 no text is changed on its way through: not in the answer, the event or the history", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  for (const [what, text] of Object.entries(TEXTS)) {
    const content = { body: text, [text]: { [text]: [text] } };
    const sent = await alice.post(`/v1/rooms/${room}/send`, { content });
    assert.equal(sent.status, 201, what);
    assert.deepEqual(sent.data.content, content, what);
    assert.deepEqual((await bob.get(`/v1/rooms/${room}/events/${sent.data.id}`)).data, sent.data, what);
    assert.deepEqual((await bob.get(`/v1/rooms/${room}/messages?limit=1`)).data, [sent.data], what);
  }
});

test("EV2 content comes back as its canonical text, byte for byte, everywhere", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const contents: object[] = [
    {},
    { b: 1, a: 2, "": 3, B: 4, "\u20ac": 5, "\u{1f600}": 6, "\ufb33": 7, "\r": 8 },
    { "10": 1, "9": 2, "1": { z: 0, "2": 0, "10": 0 }, a: [3, 1, 2] },
    { n: [0, -1.5, 1e21 / 1e21, 1e-7, 4.5e-10, 333333333.3333333, 9007199254740991] },
    { nothing: null, yes: true, no: false, list: [], object: {} },
    TEXTS,
    // Named people are written anew; the rest must stay in its order.
    { "10": 1, "9": 2, mentions: [bob.id], "1": { "10": 0, "9": 0 }, ...TEXTS },
    { mentions: ["@room"], z: { mentions: ["left alone"], "9": 0, "10": 0 }, a: 1.0 },
  ];
  for (const content of contents) {
    const canonical = canonicalize(content)!;
    const given = JSON.stringify({ content }, null, 3);
    const sent = await sendText(alice, room, given);
    assert.equal(sent.status, 201);
    const event = await textOf(server, bob, `/v1/rooms/${room}/events/${sent.data.id}`);
    const listed = await textOf(server, bob, `/v1/rooms/${room}/messages?limit=1`);
    for (const text of [event, listed]) {
      assert(text.includes(`"content":${canonical},"stream_position":`), `${canonical}\nis not in\n${text}`);
    }
  }
});

test("EV2 a custom event's content is interpreted nowhere: mentions and ids in it stay as they are", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const content = {
    mentions: [bob.me.fqid, "prt-none", 5],
    reply_to_event_id: "evt-none",
    media_id: "med-none",
    participant: bob.me.fqid,
  };
  const sent = await alice.post(`/v1/rooms/${room}/send`, { content, event_type: "acme.deploy" });
  assert.deepEqual([sent.status, sent.data.content], [201, content]);
  assert.deepEqual((await bob.get(`/v1/rooms/${room}/events/${sent.data.id}`)).data.content, content);
  const { me } = (await bob.get(`/v1/rooms/${room}`)).data;
  assert.deepEqual([me.unread_count, me.mention_count], [0, 0]);
});
