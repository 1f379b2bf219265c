/** Which form a listing has is found out from the listing: the server's name for itself says little about it. */
import type { Entry } from '../../../common/models.ts'
import { parseDosLine } from './dos.ts'
import { parseMlsdLine } from './mlsd.ts'
import { parseUnixLine } from './unix.ts'

/** A line's entry; 'skip' when it stands for nothing (headers, "." and ".."); null when it cannot be read. */
export type LineParser = (line: string) => Entry | 'skip' | null

export function mlsdParser(): LineParser {
  return (line) => {
    const entry = parseMlsdLine(line)
    return entry === '.' ? 'skip' : withoutDots(entry)
  }
}

/** For LIST: tries the forms in turn, the one that read the last line first. */
export function listParser(now: number): LineParser {
  const forms = [(line: string) => parseUnixLine(line, now), parseDosLine]
  return (line) => {
    for (const form of forms) {
      const entry = form(line)
      if (!entry) continue
      if (form !== forms[0]) forms.unshift(...forms.splice(forms.indexOf(form), 1))
      return withoutDots(entry)
    }
    return /^total\s+\d+/i.test(line) ? 'skip' : null
  }
}

function withoutDots(entry: Entry | null): Entry | 'skip' | null {
  return entry?.name === '.' || entry?.name === '..' ? 'skip' : entry
}
