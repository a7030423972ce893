import { type Scene, say } from "./scene.ts";

const support: Scene = {
  room: { room_type: "public", name: "Support", topic: "What customers ask, and who knows the answer", isTeams: true },
  by: "elif",
  members: ["ada", "ben", "frida"],
  talk: [
    say(1720, "elif", "Question of the day: why does the app know my town before I tell it?"),
    say(
      1712,
      "frida",
      "Because of the time zone and the language, and then we guess. It is on page 12 of the handbook.",
    ),
    say(1708, "elif", "I answered with page 12. They answered that they live in a caravan."),
    say(460, "elif", "Does anybody know why the pollen count is gone in the north?"),
    say(455, "ben", "The station sends zeros since Sunday. We hide a value that has not changed for three days.", {
      re: "Does anybody know why",
    }),
    say(452, "elif", "So it is winter."),
    say(451, "ben", "So it is winter."),
    say(44, "elif", "@Ada a newspaper wants to print our forecast. Who says yes to such things?"),
  ],
};

const design: Scene = {
  room: {
    room_type: "group",
    name: "Design",
    topic: "Icons, type, colours. Bring your eyes.",
    is_public: true,
    isTeams: true,
  },
  by: "dario",
  members: ["ada", "chika", "frida"],
  talk: [
    say(1650, "dario", "Eight moons. From new to full and back. The full one has a face if you look long enough."),
    say(1644, "chika", "I looked long enough. It is you.", { re: "Eight moons" }),
    say(1640, "ada", "Lovely. Keep the face small."),
    say(
      205,
      "dario",
      "Dark mode: the old grey on the new blue has a contrast of 3.9. We need 4.5. Shall I change the grey or the blue?",
    ),
    say(198, "frida", "The grey. The blue is on the mugs."),
    say(190, "dario", "Grey it is.", { re: "The grey. The blue" }),
  ],
};

const offer: Scene = {
  room: { room_type: "incognito", name: "Offer for Noor", topic: "Closes, with everything in it, when Ada leaves" },
  by: "ada",
  members: ["ben"],
  talk: [
    say(1300, "ada", "Noor was wonderful yesterday. I would like to make the offer this week."),
    say(1295, "ben", "Yes please. She asked better questions about our tests than we do."),
    say(88, "ben", "Did you hear back from her?"),
  ],
};

const surprise: Scene = {
  room: { room_type: "incognito", name: "Ten years of Ada", topic: "Not a word to Ada" },
  by: "ben",
  members: ["chika", "dario", "elif", "frida"],
  talk: [
    say(
      2600,
      "ben",
      "Ada is here for ten years next Friday. I say cake, a song, and the first version on the oldest phone we find.",
    ),
    say(2590, "elif", "The carrot cake today is a rehearsal. Report honestly."),
    say(2585, "dario", "I drew ten weather icons of her moods. Two are thunderstorms."),
    say(90, "frida", "Rehearsal report: more icing, less carrot."),
  ],
};

const lastRelease: Scene = {
  room: { room_type: "group", name: "Release 3.1", topic: "Shipped", isTeams: true },
  by: "ada",
  members: ["ben", "chika", "dario"],
  talk: [
    say(2860, "ada", "3.1.2 is out, all is quiet. I archive this room; it stays readable."),
    say(2858, "chika", "Goodbye, 3.1. You were a good number."),
  ],
  isArchived: true,
};

const bookClub: Scene = {
  room: { room_type: "group", name: "Book club", topic: "This month: something with less than 300 pages" },
  by: "frida",
  members: ["chika"],
  invited: ["ada", "dario"],
  talk: [
    say(700, "frida", "I propose a book about clouds."),
    say(690, "chika", "You always propose a book about clouds."),
    say(689, "frida", "There are many.", { re: "You always propose" }),
  ],
};

const choir: Scene = {
  room: { room_type: "group", name: "Choir for Friday", topic: "Four voices, one evening" },
  by: "elif",
  members: ["ben", "frida"],
  invited: ["chika", "ada"],
  talk: [say(150, "elif", "We have an alto and a hum. Who sings bass?"), say(148, "ben", "The coffee machine.")],
};

export const smallerRooms: readonly Scene[] = [support, design, offer, surprise, lastRelease, bookClub, choir];
