import { type Direct, say } from "./scene.ts";

export const directs: readonly Direct[] = [
  {
    by: "ada",
    with: "ben",
    talk: [
      say(1440, "ada", "Do you have ten minutes for the staging server tomorrow?"),
      say(1437, "ben", "I have eleven."),
      say(75, "ben", "Staging is up. The certificate is from next year, do not ask."),
      say(74, "ben", "I mean until next year."),
    ],
  },
  {
    by: "elif",
    with: "ada",
    talk: [
      say(340, "elif", "May I take Friday off? My sister is in town."),
      say(331, "ada", "Of course. Have a good time!", { re: "May I take" }),
      say(330, "elif", "Thank you! I leave you the cake."),
    ],
  },
  {
    by: "chika",
    with: "porter",
    talk: [
      say(500, "chika", "roll 2d6"),
      say(500, "porter", "5 + 2 = 7", { re: "roll 2d6" }),
      say(499, "chika", "thank you, good bot"),
      say(499, "porter", "I do not know that. Say `help` and I tell what I know.", { re: "thank you" }),
    ],
  },
];
