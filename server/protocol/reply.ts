/** Replies as they go over the wire. */

/** Whatever would end the line, or is not a character: a name on the disk may hold it, a reply never (RFC 2640 section 3.1). */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

function safe(text: string): string {
  return text.replaceAll(UNSAFE, '?').toWellFormed()
}

/**
 * One line, or several: the first carries the code and "-", the last the code and a blank, those between begin with a
 * blank, so that none of them can be taken for the last (RFC 959 section 4.2). Ends with CRLF.
 * @param text one line, or several of which the first and last frame the others
 */
export function formatReply(code: number, text: string | readonly string[]): string {
  const lines = typeof text === 'string' ? [text] : text
  if (lines.length < 2) return `${code} ${safe(lines[0] ?? '')}\r\n`
  return lines
    .map((line, index) => {
      if (index === 0) return `${code}-${safe(line)}\r\n`
      if (index === lines.length - 1) return `${code} ${safe(line)}\r\n`
      return ` ${safe(line)}\r\n`
    })
    .join('')
}
