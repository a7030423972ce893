import { CLOSE, CLOSE_MEANING, ClientFrames, EventFrame, ServerFrames, STREAM } from "@stairwell/protocol/stream";
import type { TSchema } from "typebox";
import manifest from "../../package.json" with { type: "json" };

/** Which frames answer a client's, where any does. */
const REPLIES: Partial<Record<keyof typeof ClientFrames, readonly (keyof typeof ServerFrames)[]>> = {
  ping: ["pong"],
  send: ["ack", "error"],
  read: ["ack", "error"],
  typing: ["error"],
  presence: ["error"],
};
const ANSWERS = new Set<string>(Object.values(REPLIES).flat());

/** The AsyncAPI 3 document of the stream, made of the schemas by which frames are checked. */
export function asyncApiDocument(publicUrl: string | null): object {
  const told = { event: EventFrame, ...ServerFrames };
  const messages = { ...messagesOf(told, "server"), ...messagesOf(ClientFrames, "client") };
  const tellings = Object.keys(told).filter((type) => !ANSWERS.has(type));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Stairwell: the live stream",
      version: manifest.version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    defaultContentType: "application/json",
    ...(publicUrl === null ? {} : { servers: { public: serverOf(publicUrl) } }),
    channels: {
      stream: {
        address: "/v1/stream",
        title: "The stream",
        description: `A WebSocket; each text message is one frame.\n\n${closesText()}`,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: "GET", query: QUERY, bindingVersion: "0.1.0" } },
      },
    },
    operations: {
      tell: {
        action: "send",
        channel: CHANNEL,
        security: SECURITY,
        title: "What the server tells",
        summary: "Events, and news that is no event",
        messages: tellings.map((type) => messageRef(type, "server")),
      },
      ...Object.fromEntries(Object.keys(ClientFrames).map((type) => [`hear_${type}`, hearing(type)])),
    },
    components: {
      messages,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "An access token, `swt_…`; in development mode `dev-NAME`. See also `?ticket=` and `?token=`.",
        },
      },
    },
  };
}

const CHANNEL = { $ref: "#/channels/stream" };
const SECURITY = [{ $ref: "#/components/securitySchemes/token" }];

const DESCRIPTION = `What a room's members hear, as it happens, and what they say.

Clients pass over frames and fields that they do not know. Events are resumed with the cursor of the last frame that was received; frames without a cursor are of the moment.`;

const QUERY = {
  type: "object",
  properties: {
    since: { type: "string", description: "A cursor to resume from; from now without it." },
    ticket: { type: "string", description: "From `POST /v1/stream/ticket`: once, within 30 s." },
    token: { type: "string", description: "An access token, for clients that can set no header." },
  },
};

function hearing(type: string): object {
  const replies = REPLIES[type as keyof typeof ClientFrames] ?? [];
  return {
    action: "receive",
    channel: CHANNEL,
    security: SECURITY,
    title: `What a client says: ${type}`,
    summary: `A client's frame ${type}`,
    messages: [messageRef(type, "client")],
    reply: { channel: CHANNEL, messages: replies.map((reply) => messageRef(reply, "server")) },
  };
}

function messageRef(type: string, by: "server" | "client"): { $ref: string } {
  return { $ref: `#/channels/stream/messages/${by}_${type}` };
}

function messagesOf(frames: Readonly<Record<string, TSchema>>, by: "server" | "client"): Record<string, object> {
  return Object.fromEntries(
    Object.entries(frames).map(([type, frame]) => [`${by}_${type}`, messageOf(type, by, frame)]),
  );
}

function messageOf(type: string, by: string, frame: TSchema): object {
  const { description, examples, ...payload } = frame as { description: string; examples: unknown[] };
  return {
    name: type,
    title: `${type}, of the ${by}`,
    summary: description,
    contentType: "application/json",
    payload,
    examples: examples.map((example) => ({ payload: example })),
  };
}

function closesText(): string {
  const lines = Object.entries(CLOSE).map(([name, code]) => {
    const { when, client } = CLOSE_MEANING[name as keyof typeof CLOSE];
    return `- ${code}: ${when} ${client}`;
  });
  return `A frame is at most ${STREAM.frameBytes} bytes. The server ends a stream with:\n\n${lines.join("\n")}`;
}

function serverOf(publicUrl: string): object {
  const { host, pathname, protocol } = new URL(publicUrl);
  return {
    host,
    ...(pathname === "/" ? {} : { pathname }),
    protocol: protocol === "https:" ? "wss" : "ws",
    description: "The server's public address",
    security: SECURITY,
  };
}
