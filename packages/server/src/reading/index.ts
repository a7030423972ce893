/** Personal reading state: markers, unread counts, who was mentioned. */
export { projectReading } from "./project.ts";
export { readingRoutes } from "./reading.routes.ts";
export { findMarker, type Marker, type NotificationMode } from "./reading.store.ts";
export { readingOf, type OwnReading } from "./unread.ts";
