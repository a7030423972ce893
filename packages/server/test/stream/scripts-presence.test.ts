import { script } from "./script.ts";

script(
  "ST5 typing is passed on to the others of the room each time, and is over after 4 s",
  `
  alice opens public Lobby with bob, carol
  alice connects
  alice/phone connects
  bob connects
  dora connects
  alice types in Lobby
  bob receives that alice types in Lobby
  3 s pass
  bob receives nothing
  alice types in Lobby
  bob receives that alice types in Lobby
  3 s pass
  1 s pass
  bob receives that alice stopped typing in Lobby
  alice types in Lobby
  bob receives that alice types in Lobby
  alice stops typing in Lobby
  bob receives that alice stopped typing in Lobby
  alice stops typing in Lobby
  4 s pass
  dora types in Lobby
  dora receives error SW_ROOM_FORBIDDEN
  `,
);

script(
  "ST5 typing is not resumed",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  bob disconnects
  alice types in Lobby
  bob returns
  `,
);

script(
  "ST5 typing is told to those who are in the room now, and to nobody who was or may come",
  `
  alice opens group Den with bob, carol
  alice invites dora to Den
  alice connects
  bob connects
  carol connects
  dora connects
  carol leaves Den
  alice, bob, carol receives that carol left Den
  alice types in Den
  bob receives that alice types in Den
  carol types in Den
  carol receives error SW_ROOM_FORBIDDEN
  dora types in Den
  dora receives error SW_ROOM_FORBIDDEN
  4 s pass
  bob receives that alice stopped typing in Den
  `,
);

script(
  "ST5 notifications and settings are not resumed",
  `
  alice opens public Lobby with bob
  bob connects
  bob disconnects
  alice says "bob!" in Lobby mentioning bob
  bob wants all of Lobby
  bob reads "bob!" in Lobby
  bob returns
  bob receives message "bob!" from alice in Lobby
  `,
);

script(
  "ST5 presence is told to those one shares a room with, from the first stream to 10 s after the last",
  `
  presence counts
  alice opens public Lobby with bob
  alice opens public Square with bob
  alice connects
  bob connects
  alice receives that bob is online
  carol connects
  bob/phone connects
  bob is away
  alice receives that bob is away
  bob is away
  bob/phone is online
  alice receives that bob is online
  bob disconnects
  10 s pass
  bob/phone disconnects
  9 s pass
  bob/phone returns
  10 s pass
  bob/phone disconnects
  10 s pass
  alice receives that bob is offline
  bob connects
  alice receives that bob is online
  `,
);
