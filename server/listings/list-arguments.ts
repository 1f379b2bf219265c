/** LIST's argument: clients send it what they would send to `ls`. */

export interface ListArguments {
  /** "-l": NLST then answers in LIST's format, as `ls -l` of old clients wants. */
  long: boolean
  /** "-a": names with a dot in front match patterns too. All are listed anyway. */
  all: boolean
  /** "-d": a folder itself, not what is in it. */
  itself: boolean
  /** '' for the working folder. */
  path: string
}

/** What stands for a switch: few of ls's letters, so that "-draft" or "-notes.txt" is a name. */
const SWITCHES = /^-[aACFlLnRrtTS1d]{1,5}(?= |$)/

/**
 * Takes the switches off. What else begins with "-" is a path; "--" ends switches, and "./-a" is never one.
 */
export function listArguments(argument: string): ListArguments {
  let rest = argument.trimStart()
  let letters = ''
  for (;;) {
    const found = SWITCHES.exec(rest)?.[0]
    if (found === undefined) break
    letters += found
    rest = rest.slice(found.length).trimStart()
  }
  if (/^--(?= |$)/.test(rest)) rest = rest.slice(2).trimStart()
  return {
    long: letters.includes('l'),
    all: /[aA]/.test(letters),
    itself: letters.includes('d'),
    path: letters === '' && !argument.startsWith('--') ? argument : rest,
  }
}
