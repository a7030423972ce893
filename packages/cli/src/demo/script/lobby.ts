import { PEOPLE } from "./cast.ts";
import { type Scene, say } from "./scene.ts";

export const lobby: Scene = {
  room: {
    room_type: "public",
    name: "Lobby",
    topic: "Everybody is here. Mention Porter and say help.",
    isTeams: true,
  },
  by: "ada",
  members: [...PEOPLE.filter((who) => who !== "ada"), "porter", "scout"],
  talk: [
    say(2870, "ada", "Welcome to the lobby. Everybody is here, and so is @Porter, our bot: mention it and say `help`."),
    say(2866, "chika", "@Porter help"),
    say(2866, "porter", "I tell the `time`, `roll 2d6`, `count` what is in a room, and `pick` one of several things.", {
      re: "@Porter help",
    }),
    say(2861, "dario", "@Porter pick pizza, ramen or salad"),
    say(2861, "porter", "ramen", { re: "@Porter pick pizza" }),
    say(2859, "dario", "Best of three?", { re: "ramen" }),
    say(
      1502,
      "ben",
      "The coffee machine on the second floor works again. It was the descaling light. It is always the descaling light.",
    ),
    say(1499, "elif", "Ben for president."),
    say(1496, "frida", "The handbook has a page about the descaling light now."),
    say(410, "frida", "Good morning! First snow on the hill, minus two, wind from the north-east at 4 m/s."),
    say(407, "chika", "Is that the app or the window?"),
    say(406, "frida", "The window. The app says the same since 3.1.2.", { re: "Is that the app" }),
    say(95, "elif", "Cake in the kitchen at three. It is carrot, and it is big."),
    say(93, "ben", "runs", { msgtype: "swp.emote" }),
    say(38, "dario", "@room the window front is being cleaned between four and five. Say goodbye to your privacy."),
    say(12, "chika", "@Ada there was somebody at the door for you, they come back at five."),
  ],
};
