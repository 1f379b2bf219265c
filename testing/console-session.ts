/**
 * One session through every command of the console: the files it starts from, what is typed, and what of its output
 * differs from run to run. `docs/console.md` is its transcript; the panel and the terminal are held against it.
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eicar } from './eicar.ts'

export interface ConsoleStep {
  /** What is typed; `{port}` is the server's. */
  line: string
  /** Answers to its questions in turn; `{user}` and `{password}` are the server's. */
  answers?: readonly string[]
}

export interface ConsoleChapter {
  title: string
  steps: readonly ConsoleStep[]
}

const type = (...lines: string[]): ConsoleStep[] => lines.map((line) => ({ line }))

export const CONSOLE_SESSION: readonly ConsoleChapter[] = [
  {
    title: 'Before there is a session',
    steps: type('help', 'help put', '? rm', 'ls', '!ls', 'lpwd', 'lls'),
  },
  {
    title: 'Connect and look around',
    steps: [
      { line: 'open 127.0.0.1 {port}', answers: ['{user}', '{password}'] },
      ...type('status', 'pwd', 'ls', 'dir *.txt', 'ls docs', 'cd docs', 'cd ..', 'cd -', 'cd ~', 'pwd'),
      { line: 'user {user}', answers: ['{password}'] },
    ],
  },
  {
    title: 'Files and folders of the server',
    steps: [
      ...type(
        'mkdir "new folder"',
        'mkdir -p a/b/c',
        'rename "new folder" archive',
        'mv readme.txt docs/',
        'chmod 640 docs/readme.txt',
        'size big.bin',
        'modtime docs/guide.txt',
        'find docs *.txt',
        'find',
        'du',
        'cat docs/guide.txt',
        'cat infected.com',
        'rmdir archive',
      ),
      { line: 'rmdir -r a', answers: ['y'] },
      { line: 'mdelete *.tmp', answers: ['y', 'n'] },
      ...type('rm two.tmp', 'delete "no such file"'),
    ],
  },
  {
    title: 'Files and folders of this computer',
    steps: [
      ...type('lmkdir downloads', 'lcd downloads', 'lcd ..', 'lls *.txt'),
      { line: 'ldelete old.log', answers: ['y'] },
    ],
  },
  {
    title: 'Upload',
    steps: [
      ...type('put notes.txt', 'put notes.txt copies/first.txt', 'put "report 2026.txt" copies/', 'put virus.com'),
      { line: 'mput *.txt virus.com', answers: ['y', 'all'] },
      ...type('prompt', 'mput src/**/*.py photos', 'ls src', 'reput growing.bin', 'append notes.txt copies/first.txt'),
      ...type('size copies/first.txt'),
    ],
  },
  {
    title: 'Download',
    steps: [
      ...type('get big.bin downloads/', 'recv docs/guide.txt downloads/the-guide.txt', 'get docs downloads/'),
      ...type('mget docs/*.txt big.bin downloads', 'get infected.com downloads/', 'reget half.bin', 'prompt on'),
    ],
  },
  {
    title: 'How files are moved',
    steps: [
      ...type('ascii', 'put notes.txt text.txt', 'binary', 'auto', 'passive off', 'ls docs', 'passive on', 'scan'),
      { line: 'scan off up', answers: ['y'] },
      ...type('put virus.com unscanned.com', 'scan on', 'delete unscanned.com'),
    ],
  },
  {
    title: 'The protocol, and the end',
    steps: type('verbose on', 'cd docs', 'verbose off', 'quote NOOP', 'raw DELE nothing', 'history', 'close', 'quit'),
  },
]

/** Noon of a day long enough ago that listings show it the same way for years: with its year, or with its time. */
const MODIFIED = new Date('2026-01-15T12:00:00Z')

function write(folder: string, files: Record<string, Buffer | string>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    utimesSync(file, MODIFIED, MODIFIED)
  }
}

/** Bytes that no line end converter likes, the same in every run. */
function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 256))
}

/** Puts the files that the session starts from into an empty local folder and an empty served one. */
export function prepareConsoleSession(local: string, served: string): void {
  write(local, {
    'notes.txt': 'Bring milk.\n',
    'report 2026.txt': 'All is well.\n',
    'virus.com': eicar(),
    'old.log': 'nothing\n',
    'src/main.py': 'print("hello")\n',
    'src/lib/util.py': 'pass\n',
    'src/readme.md': '# Source\n',
    'photos/a.jpg': bytes(2000),
    'photos/b.jpg': bytes(3000),
    'growing.bin': bytes(50_000),
    'half.bin': bytes(30_000).subarray(0, 10_000),
  })
  write(served, {
    'readme.txt': 'Read me first.\n',
    'big.bin': bytes(100_000),
    'one.tmp': '1',
    'two.tmp': '2',
    'docs/guide.txt': 'First scan,\nthen open.\n',
    'docs/old/2019.txt': 'Long ago.\n',
    'infected.com': eicar(),
    'growing.bin': bytes(50_000).subarray(0, 20_000),
    'half.bin': bytes(30_000),
  })
}
