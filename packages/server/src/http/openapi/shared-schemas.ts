import {
  admin,
  auth,
  directory,
  media,
  members,
  messages,
  operator,
  participants,
  rooms,
  workspaces,
} from "@stairwell/protocol/api";
import type { TSchema } from "typebox";

export interface JsonSchema {
  [keyword: string]: unknown;
}

/** The schemas that the document names. Wherever one occurs in a call, the document refers to it. */
const NAMED: Readonly<Record<string, TSchema>> = {
  Room: rooms.getRoom.data,
  Member: members.joinRoom.data,
  Message: messages.sendMessage.data,
  Media: media.getMedia.data,
  Participant: directory.listParticipants.data.items,
  Me: auth.register.data,
  Preferences: participants.getPreferences.data,
  Token: participants.listTokens.data.items,
  Workspace: workspaces.getWorkspace.data,
  WorkspaceMember: workspaces.addWorkspaceMember.data,
  ManagedParticipant: admin.getManagedParticipant.data,
  ManagedRoom: admin.getManagedRoom.data,
  AuditRecord: admin.listAudit.data.items,
  Tenant: operator.getTenant.data,
  TenantLimits: admin.getTenantLimits.data,
  PageMeta: rooms.listArchivedRooms.meta,
};

export function schemaRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** Turns schemas of the route table into those of the document. */
export class SharedSchemas {
  /** By their text: a schema that is part of another is a copy of the named one. */
  readonly #names = new Map(Object.entries(NAMED).map(([name, schema]) => [JSON.stringify(schema), name]));

  /** A schema with references in the place of the named ones. */
  refer(schema: TSchema): JsonSchema {
    const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
    return this.#replace(plain, undefined) as JsonSchema;
  }

  /** The name of a schema that has one. */
  nameOf(schema: unknown): string | undefined {
    return this.#names.get(JSON.stringify(schema));
  }

  components(): Record<string, JsonSchema> {
    const components = Object.entries(NAMED).map(([name, schema]) => {
      const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
      return [name, this.#replace(plain, name)];
    });
    return Object.fromEntries(components) as Record<string, JsonSchema>;
  }

  #replace(node: unknown, inside: string | undefined): unknown {
    if (Array.isArray(node)) return node.map((item) => this.#replace(item, undefined));
    if (typeof node !== "object" || node === null) return node;
    const name = this.nameOf(node);
    if (name !== undefined && name !== inside) return schemaRef(name);
    const words = constantsOf(node as JsonSchema);
    if (words !== undefined) return words;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, this.#replace(value, undefined)]));
  }
}

/** A choice of texts, in the form that readers and generators of clients like better. */
function constantsOf({ anyOf, ...rest }: JsonSchema): JsonSchema | undefined {
  if (!Array.isArray(anyOf)) return undefined;
  const texts = (anyOf as JsonSchema[]).map((option) => option.const);
  return texts.every((text) => typeof text === "string") ? { type: "string", enum: texts, ...rest } : undefined;
}
