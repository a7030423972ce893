/** Long enough for a talk's usual line: about 150 bytes of content. */
export const TALK =
  "The stairs are swept on Mondays, and whoever finds the lamp on the landing out tells the porter. Note";
