import { StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import { Type } from "typebox";
import type { Db } from "../../src/db/index.ts";
import { command, type Endpoint, reply } from "../../src/http/endpoint.ts";
import { perform } from "../../src/receipts/index.ts";

/** Keeps the exact types of a route, as the route table does. */
const route = <const R extends Route>(r: R): R => r;
const strict = { additionalProperties: false } as const;
const Note = Type.Object({ id: Type.String(), text: Type.String(), secret: Type.Optional(Type.String()) });
const refusals = { tag: "notes", summary: "made up", errors: [] } as const;
const NoteParams = Type.Object({ note_id: Type.String() }, strict);

const createNote = route({
  ...refusals,
  operationId: "createNote",
  method: "POST",
  path: "/v1/notes",
  access: "write",
  charged: true,
  body: Type.Object(
    { text: Type.String({ minLength: 1 }), extra: Type.Optional(Type.Object({}, { additionalProperties: true })) },
    strict,
  ),
  statuses: [201],
  data: Note,
});

const touchNote = route({
  ...refusals,
  operationId: "touchNote",
  method: "POST",
  path: "/v1/notes/{note_id}/touch",
  access: "write",
  params: NoteParams,
  body: Type.Object({ why: Type.Optional(Type.String()) }, strict),
  bodyOptional: true,
  statuses: [200],
  data: Note,
});

const listNotes = route({
  ...refusals,
  operationId: "listNotes",
  method: "GET",
  path: "/v1/notes",
  access: "read",
  query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })) }, strict),
  statuses: [200],
  data: Type.Array(Note),
});

const getNote = route({
  ...refusals,
  operationId: "getNote",
  method: "GET",
  path: "/v1/notes/{note_id}",
  access: "read",
  params: NoteParams,
  statuses: [200],
  data: Note,
});

const removeNote = route({
  ...refusals,
  operationId: "removeNote",
  method: "DELETE",
  path: "/v1/notes/{note_id}",
  access: "admin",
  params: NoteParams,
  statuses: [200],
  data: Note,
});

const getHint = route({
  ...refusals,
  operationId: "getHint",
  method: "GET",
  path: "/v1/hint",
  access: "open",
  statuses: [200],
  data: Type.Object({ hint: Type.String() }),
});

/** What the made-up calls did, and what the test has them do. */
export interface Notebook {
  endpoints: Endpoint[];
  /** Texts in the order in which they were written. */
  notes: Map<string, string>;
  /** Called inside the transaction of createNote, before its first write. */
  beforeWrite: () => void;
  /** Awaited by getNote. */
  beforeRead: () => Promise<void>;
}

/** A few calls over a real store: one note is one event of the limits, unknown ids are `SW_EVENT_NOT_FOUND`. */
export function madeUpEndpoints(db: Db): Notebook {
  const notes = new Map<string, string>();
  const noteOf = (id: string): { id: string; text: string } => {
    const text = notes.get(id);
    if (text === undefined) throw new StairwellError("SW_EVENT_NOT_FOUND");
    return { id, text };
  };
  const book: Notebook = { endpoints: [], notes, beforeWrite: () => {}, beforeRead: () => Promise.resolve() };
  book.endpoints = [
    command(
      createNote,
      ({ body }, receipt) => {
        const secret = `secret of ${body.text}`;
        return perform(db, "deployment", receipt, async (tx) => {
          book.beforeWrite();
          const id = `note-${notes.size + 1}`;
          tx.afterCommit(() => notes.set(id, body.text));
          return { status: 201, ref: { id, sealed: receipt?.seal(secret) ?? null }, secret };
        });
      },
      async (_asked, { ref, secret }, receipt) => ({
        data: { ...noteOf(ref.id), secret: secret ?? receipt!.unseal(ref.sealed!) },
        meta: { notes: notes.size },
      }),
    ),
    command(
      touchNote,
      ({ params }, receipt) => {
        noteOf(params.note_id);
        return perform(db, "deployment", receipt, async () => ({ status: 200, ref: { id: params.note_id } }));
      },
      (_asked, { ref }) => ({ json: JSON.stringify(noteOf(ref.id)) }),
    ),
    reply(listNotes, ({ query }) => ({ data: [...notes.keys()].slice(0, query.limit ?? 5).map(noteOf) })),
    reply(getNote, async ({ params }) => {
      await book.beforeRead();
      if (params.note_id === "broken") throw new TypeError("internal words");
      return { data: noteOf(params.note_id) };
    }),
    reply(removeNote, ({ params }) => {
      const note = noteOf(params.note_id);
      notes.delete(params.note_id);
      return { data: note };
    }),
    reply(getHint, ({ actor }) => ({ data: { hint: `open to ${actor}` } })),
  ];
  return book;
}
