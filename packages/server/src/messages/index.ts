/** What people say: sending, and reading it back. */
export { type MessageParts, messageRoutes } from "./messages.routes.ts";
export { projectReplies } from "./project.ts";
export { sentJson } from "./event-json.ts";
export { eventFrameJson } from "./messages.view.ts";
export { send, type Sent } from "./send.ts";
