import { type DefaultMode, notifies, type NotificationMode, type NotificationReason } from "@stairwell/protocol/room";

/** What can happen, in the words of the page, and the reason that it is. */
const HAPPENS: readonly [what: string, reason: NotificationReason][] = [
  ["message", "message"],
  ["mention", "mention"],
  ["reply to one's own", "mention"],
  ["`@room`", "mention"],
  ["message in a DM", "message"],
  ["invite", "invite"],
];
const MODES: readonly [mode: NotificationMode, defaultMode: DefaultMode][] = [
  ["all", "none"],
  ["mentions", "none"],
  ["none", "all"],
  ["inherit", "all"],
  ["inherit", "mentions"],
  ["inherit", "none"],
];

/** Who is notified of what, in Markdown, as the function decides that the stream asks. */
export function notificationTable(): string {
  const rows = MODES.flatMap(([mode, defaultMode]) =>
    [null, 2].map((mutedUntil) => {
      const cells = HAPPENS.map(([, reason]) =>
        notifies({ mode, mutedUntil }, defaultMode, reason, 1) ? `\`${reason}\`` : "–",
      );
      const named = mode === "inherit" ? `\`inherit\`, default \`${defaultMode}\`` : `\`${mode}\``;
      return `| ${named}${mutedUntil === null ? "" : ", muted"} | ${cells.join(" | ")} |`;
    }),
  );
  const columns = ["mode", ...HAPPENS.map(([what]) => what)];
  return [`| ${columns.join(" | ")} |`, `| ${columns.map(() => "---").join(" | ")} |`, ...rows].join("\n");
}
