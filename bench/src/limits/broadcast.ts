/**
 * What `ws` alone can do: everybody is in one room, nothing is stored, checked or looked up. `strings` gives each socket
 * its own `ws.send(text)`, as most servers do; `joined` writes what is due to a socket in one turn in one piece.
 *
 *     node limits/broadcast.ts --listen 127.0.0.1:PORT --how strings|joined
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { eventItem } from "../floor/items.ts";
import { JoinedWrites, textFrame } from "../floor/joined-writes.ts";
import type { Way } from "../floor/joined-writes.ts";

const { values } = parseArgs({ options: { listen: { type: "string" }, how: { type: "string" } } });
const [host, port] = values.listen!.split(":") as [string, string];

interface Listener extends Way {
  ws: WebSocket;
}

const listeners = new Set<Listener>();
const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
const writes = new JoinedWrites();
let position = 0;

const sendTo =
  values.how === "joined"
    ? (text: string): ((to: Listener) => void) => {
        const frame = textFrame(text);
        return (to) => writes.push(to, frame);
      }
    : (text: string) => (to: Listener) => to.ws.send(text);

function hear(from: Listener, sent: { ref: string; room_id: string; content: unknown }): void {
  const content = JSON.stringify(sent.content);
  const row = {
    id: `evt-${String(++position).padStart(12, "0")}`,
    position,
    sender: "somebody",
    at: Date.now(),
    content,
  };
  const item = eventItem(sent.room_id, row);
  // First, so that the sender's next is there when the room has its due.
  sendTo(`{"type":"ack","ref":"${sent.ref}","event":${item}}`)(from);
  const deliver = sendTo(`{"type":"swp.room.message",${item.slice(1)}`);
  for (const listener of listeners) deliver(listener);
}

const server = createServer((_request, response) => response.end());
server.on("upgrade", (request, socket, head) => {
  upgrades.handleUpgrade(request, socket, head, (ws) => {
    const listener: Listener = { ws, socket, due: [] };
    listeners.add(listener);
    sendTo('{"type":"hello"}')(listener);
    ws.on("message", (data: Buffer) => hear(listener, JSON.parse(data.toString())));
    ws.on("close", () => listeners.delete(listener));
  });
});
server.listen(Number(port), host);
process.on("SIGTERM", () => process.exit(0));
