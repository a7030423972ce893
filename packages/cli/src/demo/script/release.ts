import { type Scene, say } from "./scene.ts";

const BUG = `// 23:59 and 00:01 are two minutes apart, not a day.
function minutesBetween(a: Date, b: Date): number {
  return Math.round(Math.abs(a.getTime() - b.getTime()) / 60_000);
}`;

export const release: Scene = {
  room: {
    room_type: "group",
    name: "Release 3.2",
    topic: "Freeze on Tuesday, ship on Thursday. Blockers first.",
    isTeams: true,
  },
  by: "ada",
  members: ["ben", "chika", "dario", "elif", "frida", "scout", "porter"],
  talk: [
    say(1560, "ada", "3.2 it is. What stands between us and Thursday? Blockers first, wishes later."),
    say(1557, "ben", "Server side: the rain radar caches a tile for too long. Ten minutes of old rain after midnight."),
    say(
      1555,
      "chika",
      "App side: the widget forgets its town after an update. I can repeat it on two phones out of five.",
    ),
    say(1553, "dario", "Wish, not blocker: the new moon icons. They are drawn, somebody has to put them in."),
    say(1550, "ada", "@Chika the widget is the blocker then. @Ben how bad is the radar?"),
    say(1546, "ben", "Ten minutes, once a night. Nobody dies, but it looks silly when it is dry and we say rain.", {
      re: "@Chika the widget",
    }),
    say(1543, "elif", "Three tickets about exactly that since Friday. I will link them."),
    say(1540, "ada", "So it is a blocker too. Thank you, that was quick."),
    say(1490, "ben", "Found the radar one. Of course it is a date:"),
    say(1489, "ben", BUG, { msgtype: "swp.code", lang: "ts" }),
    say(1486, "chika", "It used to compare the hours?", { re: "Found the radar one" }),
    say(1485, "ben", "It used to compare the hours. I wrote it. In 2021, on a Friday."),
    say(1483, "dario", "lights a candle", { msgtype: "swp.emote" }),
    say(
      1420,
      "scout",
      "Draft of the release notes, from what was merged so far:\n\n- The rain radar is right around midnight, too.\n- The handbook explains the wind arrows.\n- Starting takes **0.4 s** less on older phones.",
    ),
    say(1415, "frida", 'Good start. "too" can go. And people do not know that starting ever took longer.', {
      re: "Draft of the release notes",
    }),
    say(1410, "scout", "Changed. I leave the last line to you.", { re: "Good start" }),
    say(
      420,
      "chika",
      "Widget: it is the migration. It runs before the town is read from the old place. Fix is in review, @Ben can you look?",
    ),
    say(402, "ben", "Looking. Give me one more coffee, which is possible again.", { re: "Widget: it is" }),
    say(371, "ben", "Approved. One question in the test, nothing that stops it."),
    say(365, "chika", "Answered and merged. Widgets keep their town now. I updated five phones and a fridge."),
    say(362, "ada", "A fridge.", { re: "Answered and merged" }),
    say(361, "chika", "It has a browser. I did not choose it."),
    say(
      300,
      "ada",
      "Freeze is tomorrow at noon. After that only what is on the board. @room please look at the board today.",
    ),
    say(240, "dario", "Moon icons: may I squeeze them in? It is eight files and no code."),
    say(236, "frida", "The handbook shows them already, so I would be grateful."),
    say(231, "ben", "Eight files and no code is what they said about the Trojan horse."),
    say(
      52,
      "elif",
      "Two customers of the three confirm that midnight is dry again. The third is on holiday, where it rains.",
    ),
    say(33, "chika", "@Ada I need a yes or no for the moon icons before I build the candidate."),
    say(21, "frida", 'Release notes are ready for your eyes, @Ada. I kept "right around midnight".'),
    say(14, "ben", "Candidate built from main without the icons so far. 412 tests green, 0 red, 1 tester sleeping."),
    say(6, "dario", "The moon waits for nobody, @Ada."),
  ],
};
