import { script } from "./script.ts";

script(
  "RD5 a read marker is told to its owner's streams, and to nobody else's",
  `
  alice opens public Lobby with bob
  alice says "one" in Lobby
  alice says "two" in Lobby
  alice connects
  bob connects
  bob/phone connects
  bob reads "one" in Lobby
  bob, bob/phone receives read marker at "one" in Lobby
  bob/phone notes "two" in Lobby
  bob, bob/phone receives read marker at "two" in Lobby
  bob reads "one" in Lobby             # the marker does not move back
  carol reads "one" in Lobby
  carol is refused SW_ROOM_FORBIDDEN
  `,
);

script(
  "RD5 a mode and a mute are told to their owner's streams, to nobody else's, and only when they change",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  bob/phone connects
  bob wants all of Lobby
  bob, bob/phone receives settings all unmuted of Lobby
  bob wants all of Lobby
  bob mutes Lobby
  bob, bob/phone receives settings all muted of Lobby
  bob mutes Lobby
  alice says "hush" in Lobby mentioning bob
  alice, bob, bob/phone receives message "hush" from alice in Lobby
  bob unmutes Lobby
  bob, bob/phone receives settings all unmuted of Lobby
  bob unmutes Lobby
  alice says "hello" in Lobby
  alice, bob, bob/phone receives message "hello" from alice in Lobby
  bob, bob/phone receives notification of "hello" in Lobby
  carol wants all of Lobby
  carol is refused SW_ROOM_FORBIDDEN
  `,
);

script(
  "RD4 a message is notified to whoever wants to hear of it, as they want it now",
  `
  alice opens public Lobby with bob, carol
  alice connects
  bob connects
  carol connects
  alice says "plain" in Lobby
  alice, bob, carol receives message "plain" from alice in Lobby
  alice says "bob!" in Lobby mentioning bob
  alice, bob, carol receives message "bob!" from alice in Lobby
  bob receives mention of "bob!" in Lobby
  carol prefers all
  alice says "for all" in Lobby
  alice, bob, carol receives message "for all" from alice in Lobby
  carol receives notification of "for all" in Lobby
  bob prefers none
  alice says "bob?" in Lobby mentioning bob
  alice, bob, carol receives message "bob?" from alice in Lobby
  carol receives notification of "bob?" in Lobby
  `,
);

script(
  "ST6 a frame is answered as the call is",
  `
  alice opens public Lobby with bob
  alice connects
  bob connects
  carol connects
  alice sends "hello" in Lobby
  alice, bob receives message "hello" from alice in Lobby
  carol sends "let me in" in Lobby
  carol is refused SW_ROOM_FORBIDDEN
  alice archives Lobby
  alice, bob receives swp.room.state in Lobby
  alice sends "frozen" in Lobby
  alice is refused SW_ROOM_FROZEN
  bob notes "hello" in Lobby
  bob receives read marker at "hello" in Lobby
  `,
);
