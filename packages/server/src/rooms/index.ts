/** Rooms as things of their own: making, opening, naming, ending, and how each caller sees them. */
export { accessRoom, accessRoomByAlias } from "./access-room.ts";
export { newAlias } from "./alias.ts";
export { ListedRooms } from "./listed-rooms.ts";
export { type RoomParts, roomRoutes } from "./rooms.routes.ts";
export { dmView, type RoomView, roomView, type RoomViewParts, roomsText } from "./rooms.view.ts";
