/** Personal reading state: markers, unread counts, who was mentioned, and how each wants to hear of a room. */
export { type ChangeSettingsParts, settingsView } from "./change-settings.ts";
export { markRead, type MarkReadParts, type Read, readView } from "./mark-read.ts";
export { namedIn } from "./mentions.ts";
export { EVERYBODY, listMentions, type Mention } from "./mentions.store.ts";
export { projectReading } from "./project.ts";
export { readingRoutes } from "./reading.routes.ts";
export { findMarker, type Marker } from "./reading.store.ts";
export { rewindReading } from "./rewind.store.ts";
export { readingOf, readingsOf, type OwnReading } from "./unread.ts";
