/** Personal reading state: markers, unread counts, who was mentioned. */
export { markRead, type MarkReadParts, type Read, readView } from "./mark-read.ts";
export { projectReading } from "./project.ts";
export { readingRoutes } from "./reading.routes.ts";
export { findMarker, type Marker, type NotificationMode } from "./reading.store.ts";
export { readingOf, type OwnReading } from "./unread.ts";
export { mentionedBy } from "./mentions.ts";
