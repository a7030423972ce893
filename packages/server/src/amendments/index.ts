/** What became of events: their edits, reactions and redactions, and which places of a log lists leave out. */
export { adopt } from "./adopt.ts";
export { type Amended, amendmentsOf, contentNow, type Reaction, type Viewer } from "./amended.ts";
export { markOf } from "./emoji-mark.ts";
export { forgetAmendments } from "./forget.store.ts";
export { importedAuthorNo } from "./imported-author.ts";
export { listListed, type ListedQuery } from "./listed.ts";
export { insertOrphan } from "./orphans.store.ts";
export { projectAmended, projectAmendments } from "./project.ts";
export { listReactionsOf, reactionTo } from "./reactions.store.ts";
export { findRedaction } from "./redactions.store.ts";
export { rewindAmendments } from "./rewind.store.ts";
