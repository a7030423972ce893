import { script } from "./script.ts";

script(
  "ST1 every member hears what is said, on each of their streams, the speaker too",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects by ticket
  bob/phone connects by query
  carol connects

  alice says "hello" in Lobby
  alice, bob, bob/phone receives message "hello" from alice in Lobby
  carol receives nothing
  bob says "hi" in Lobby
  alice, bob, bob/phone receives message "hi" from bob in Lobby
  `,
);

script(
  "ST2 one hears a room from joining it on, and of oneself before that",
  `
  alice opens group Den
  bob connects
  alice connects
  alice says "alone" in Den
  alice receives message "alone" from alice in Den
  alice invites bob to Den
  alice, bob receives that bob was invited to Den
  bob receives invite to Den
  alice says "before" in Den
  alice receives message "before" from alice in Den
  bob joins Den
  alice, bob receives that bob joined Den
  alice says "after" in Den
  alice, bob receives message "after" from alice in Den
  `,
);

script(
  "ST2 a declined and a revoked invite are heard by the members and the invitee",
  `
  alice opens group Den
  alice connects
  bob connects
  alice invites bob to Den
  alice, bob receives that bob was invited to Den
  bob receives invite to Den
  bob leaves Den
  alice, bob receives that bob declined Den
  alice invites bob to Den
  alice, bob receives that bob was invited to Den
  bob receives invite to Den
  alice kicks bob from Den
  alice, bob receives that bob was revoked from Den
  alice says "quiet" in Den
  alice receives message "quiet" from alice in Den
  `,
);

script(
  "MB14 whoever is kicked hears that as the last of the room, and goes on hearing others",
  `
  alice opens public Lobby with bob, carol
  alice opens group Den with bob
  bob connects
  bob/phone connects
  carol connects
  alice kicks bob from Lobby
  bob, bob/phone, carol receives that bob was kicked from Lobby
  alice says "gone?" in Lobby
  carol receives message "gone?" from alice in Lobby
  carol types in Lobby
  alice kicks carol from Lobby
  carol receives that carol was kicked from Lobby
  alice says "still here?" in Den
  bob, bob/phone receives message "still here?" from alice in Den
  bob joins Lobby
  bob, bob/phone receives that bob joined Lobby
  alice says "back" in Lobby
  bob, bob/phone receives message "back" from alice in Lobby
  `,
);

script(
  "MB14 whoever leaves hears that as the last of the room",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  bob leaves Lobby
  alice, bob receives that bob left Lobby
  alice says "bye" in Lobby
  alice receives message "bye" from alice in Lobby
  bob says "wait" in Lobby
  bob is refused SW_ROOM_FORBIDDEN
  alice types in Lobby
  `,
);

script(
  "MB14 a ban and its end are heard by the banned, and nothing of the room between and after",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  carol connects
  alice bans bob from Lobby
  alice, bob receives that bob was banned from Lobby
  alice says "quiet" in Lobby
  alice receives message "quiet" from alice in Lobby
  bob joins Lobby
  bob is refused SW_ROOM_FORBIDDEN
  alice bans carol from Lobby          # who never was there
  alice, carol receives that carol was banned from Lobby
  alice unbans bob in Lobby
  alice, bob receives that bob was unbanned in Lobby
  alice says "come back" in Lobby
  alice receives message "come back" from alice in Lobby
  `,
);

script(
  "ST2 the last one out hears the room being archived by their going no more",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  bob leaves Lobby
  alice, bob receives that bob left Lobby
  alice leaves Lobby
  alice receives that alice left Lobby
  `,
);

script(
  "ST2 the heir's power is heard by who stays",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  alice leaves Lobby
  alice receives that alice left Lobby
  bob receives that alice left Lobby
  bob receives swp.room.power in Lobby
  `,
);

script(
  "ST1 all that happens to a room is heard by its members",
  `
  alice opens public Lobby with bob
  bob connects
  alice archives Lobby
  bob receives swp.room.state in Lobby
  alice closes Lobby
  bob receives swp.room.state in Lobby
  bob says "too late" in Lobby
  bob is refused SW_ROOM_FROZEN
  `,
);

script(
  "ST2 DM4 a message brings the other side of a direct room back, who hears both",
  `
  alice opens direct Us with bob
  alice connects
  bob connects
  carol connects
  bob leaves Us
  alice, bob receives that bob left Us
  alice says "there?" in Us
  alice, bob receives that bob joined Us
  alice, bob receives message "there?" from alice in Us
  bob receives notification of "there?" in Us
  carol receives nothing
  `,
);

script(
  "ST3 whoever comes back with a cursor hears what they missed, once, and then what happens",
  `
  alice opens public Lobby with bob
  alice opens group Den
  alice connects
  bob connects
  bob disconnects
  alice says "one" in Lobby
  alice receives message "one" from alice in Lobby
  alice kicks bob from Lobby
  alice receives that bob was kicked from Lobby
  alice says "unheard" in Lobby
  alice receives message "unheard" from alice in Lobby
  bob joins Lobby
  alice receives that bob joined Lobby
  alice invites bob to Den
  alice receives that bob was invited to Den
  bob returns
  bob receives message "one" from alice in Lobby
  bob receives that bob was kicked from Lobby
  bob receives that bob joined Lobby
  bob receives that bob was invited to Den
  alice says "two" in Lobby
  alice, bob receives message "two" from alice in Lobby
  bob disconnects
  bob returns
  `,
);
