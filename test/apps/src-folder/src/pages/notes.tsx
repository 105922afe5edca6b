/** Not a page: its extension is not among pageExtensions. */
export const notes = ["one"];
