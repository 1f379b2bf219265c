/** How names are written in a command, for those who type commands and for those who make them. */

/** Words of these characters alone need no quotes. */
const PLAIN = /^[\p{L}\p{N}_./:%=&@+,][\p{L}\p{N}_./:%=&@+,~-]*$/u

/** A word that stands for exactly this text when it is parsed, whatever is in it. */
export function quoteWord(text: string): string {
  return PLAIN.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
