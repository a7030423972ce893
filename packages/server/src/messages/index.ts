/** What people say: sending, and reading it back. */
export { amendmentRoutes } from "./amendments.routes.ts";
export { type MessageParts, messageRoutes } from "./messages.routes.ts";
export { projectReplies } from "./project.ts";
export { forgetReplies, rewindReplies } from "./replies.store.ts";
export { sentJson } from "./event-json.ts";
export { eventFrameJson, messagesJson } from "./messages.view.ts";
export { type AdminRedaction, redactAsAdmin } from "./redact-as-admin.ts";
export { send, type SendParts, type Sent } from "./send.ts";
