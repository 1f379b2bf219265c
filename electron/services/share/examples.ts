/** The folder that "Try it" shows: a few files worth looking at, none worth losing. */
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SluiceError } from '../../../common/errors.ts'

const EXAMPLES: Readonly<Record<string, string>> = {
  'Welcome.txt': `Welcome to Sluice.

This folder is on your own computer, shared by a server that only this computer can reach.
Nothing in it is precious: copy, rename and delete as you like.

  * Drag this file to the left pane: it is downloaded, and scanned on the way.
  * Drag a file of yours to the right pane: it is scanned, then uploaded.
  * Open the Console and type "help": everything can be typed, too.
`,
  'Letters/To a friend.txt': `Dear friend,

I share a folder with you now. Ask me for the address, your name and your password.
`,
  'Letters/Shopping list.txt': `bread
milk
apples
coffee
`,
  'Tables/Planets.csv': `name,diameter in km,moons
Mercury,4879,0
Venus,12104,0
Earth,12756,1
Mars,6792,2
Jupiter,142984,95
`,
  'Names in many tongues/\u00fcbung \u2013 \u7df4\u7fd2 \u2013 \u0443\u043f\u0440\u0430\u0436\u043d\u0435\u043d\u0438\u0435.txt': `File names may be in any language.
`,
}

/**
 * Makes the examples, unless the folder is there already: what a person did with them stays.
 * @param folder absolute path
 * @throws SluiceError local-io
 */
export async function makeExamples(folder: string): Promise<void> {
  try {
    if (await stat(folder).catch(() => null)) return
    for (const [name, text] of Object.entries(EXAMPLES)) {
      const file = join(folder, ...name.split('/'))
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await writeFile(file, text)
    }
  } catch (cause) {
    const message = `The folder of examples cannot be made: ${folder}. Check the disk and its permissions.`
    throw new SluiceError('local-io', message, { cause })
  }
}
