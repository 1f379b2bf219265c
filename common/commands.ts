/**
 * The one table of what Sluice can be told to do. The console, the command line, `help`, completion, the menus, the command
 * palette and the list of shortcuts are all made from it: each command's handler lives in the console's room, each
 * menu entry's action in the window, and the compiler sees to it that none is missing. What only the window can do is
 * added to its menus in `menus.ts`.
 */

/** What an argument names; completion follows from it. */
export type ArgumentKind =
  | 'local-path'
  | 'local-folder'
  | 'remote-path'
  | 'remote-folder'
  | 'command'
  /** One of `choices`. */
  | 'choice'
  /** Anything else: a host, a name to be, a raw command. */
  | 'text'

export interface ArgumentSpec {
  /** As help shows it. */
  name: string
  kind: ArgumentKind
  optional?: boolean
  /** Takes all arguments that are left. */
  many?: boolean
  choices?: readonly string[]
}

export interface OptionSpec {
  /** "-r"; several may be written together ("-rf" is -r and -f). */
  flag: string
  summary: string
}

/** How a menu and the palette show a command or an action. */
export interface MenuSpec {
  label: string
  /** Absent: the command's. The window's pane may be either side, where the command is about the server. */
  summary?: string
  /**
   * Electron's accelerator notation: "CmdOrCtrl+Shift+U". Not what a system keeps for itself: Ctrl+Alt+Delete, and on
   * macOS Cmd+H, Alt+Cmd+D, Alt+Cmd+M.
   */
  keys: string
  /** `radio` and `check` show a state of the session; `plain` does something. */
  kind?: 'plain' | 'radio' | 'check'
}

export type CommandGroup = 'files' | 'transfers' | 'session'

export interface CommandSpec {
  name: string
  aliases: readonly string[]
  group: CommandGroup
  arguments: readonly ArgumentSpec[]
  options?: readonly OptionSpec[]
  /** One line, for the list of commands and the palette. */
  summary: string
  /** What else is worth knowing; shown by `help <command>`. */
  details?: string
  /** Refused with a hint while no session is open. */
  needsSession: boolean
  /** Absent: the command is reached by name only (also from the palette). */
  menu?: MenuSpec
}

const remotePath = { name: 'path', kind: 'remote-path' } as const
const localPath = { name: 'path', kind: 'local-path' } as const
const LONG_LISTING = [
  { flag: '-l', summary: 'nothing: listings are always long' },
  { flag: '-a', summary: 'nothing: names that begin with a dot are always shown' },
] as const
const PATTERNS = 'Patterns: * and ? within a name, ** across folders, {a,b}, [a-z]. Quote names that contain them.'

/** Files and folders. */
const FILES = [
  {
    name: 'ls',
    aliases: ['dir'],
    group: 'files',
    arguments: [{ name: 'path or pattern', kind: 'remote-path', optional: true }],
    options: LONG_LISTING,
    summary: 'List a folder of the server',
    details: `Shows type, size, modification time and name, and totals. ${PATTERNS}`,
    needsSession: true,
    menu: { label: 'Refresh', keys: 'F5', summary: 'Read the folder shown in the pane again' },
  },
  {
    name: 'cd',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'remote-folder', optional: true }],
    summary: 'Open a folder of the server',
    details: '".." is the folder above, "-" the one before, "~" or nothing the one after login.',
    needsSession: true,
    menu: { label: 'Go to folder…', keys: 'CmdOrCtrl+G', summary: 'Type the path of the folder to show in the pane' },
  },
  {
    name: 'pwd',
    aliases: [],
    group: 'files',
    arguments: [],
    summary: 'Show the current folders, remote and local',
    needsSession: false,
    menu: {
      label: 'Copy path',
      keys: 'CmdOrCtrl+Shift+C',
      summary: 'Copy the path of what is selected, or of the folder',
    },
  },
  {
    name: 'mkdir',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'remote-folder', many: true }],
    options: [{ flag: '-p', summary: 'make missing folders above it too; no error when it is there' }],
    summary: 'Make a folder on the server',
    needsSession: true,
    menu: { label: 'New folder…', keys: 'F7', summary: 'Make a folder in the one shown' },
  },
  {
    name: 'rmdir',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'remote-folder', many: true }],
    options: [
      { flag: '-r', summary: 'with all that is in it' },
      { flag: '-f', summary: 'without asking' },
    ],
    summary: 'Remove a folder from the server',
    details: 'With -r it first lists what would go, and asks.',
    needsSession: true,
  },
  {
    name: 'delete',
    aliases: ['rm'],
    group: 'files',
    arguments: [{ name: 'file', kind: 'remote-path', many: true }],
    summary: 'Delete files from the server',
    needsSession: true,
    menu: { label: 'Delete…', keys: 'Delete', summary: 'Delete what is selected, after asking' },
  },
  {
    name: 'mdelete',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'files or patterns', kind: 'remote-path', many: true }],
    summary: 'Delete several files from the server',
    details: `Asks about each while "prompt" is on. ${PATTERNS}`,
    needsSession: true,
  },
  {
    name: 'rename',
    aliases: ['mv'],
    group: 'files',
    arguments: [
      { name: 'from', kind: 'remote-path' },
      { name: 'to', kind: 'remote-path' },
    ],
    summary: 'Rename or move a file or folder on the server',
    details: 'Never replaces what is there.',
    needsSession: true,
    menu: { label: 'Rename', keys: 'F2', summary: 'Give what is selected another name' },
  },
  {
    name: 'chmod',
    aliases: [],
    group: 'files',
    arguments: [
      { name: 'mode', kind: 'text' },
      { ...remotePath, many: true },
    ],
    summary: 'Change the permissions of files on the server',
    details: 'The mode is octal: chmod 644 notes.txt. Works where the server knows SITE CHMOD.',
    needsSession: true,
    menu: {
      label: 'Permissions…',
      keys: 'CmdOrCtrl+Shift+M',
      summary: 'Change the permissions of what is selected',
    },
  },
  {
    name: 'size',
    aliases: [],
    group: 'files',
    arguments: [{ ...remotePath, many: true }],
    summary: 'Show how many bytes files have',
    needsSession: true,
  },
  {
    name: 'modtime',
    aliases: [],
    group: 'files',
    arguments: [{ ...remotePath, many: true }],
    summary: 'Show when files were modified',
    needsSession: true,
  },
  {
    name: 'find',
    aliases: [],
    group: 'files',
    arguments: [
      { name: 'folder', kind: 'remote-folder', optional: true },
      { name: 'pattern', kind: 'text', optional: true },
    ],
    summary: 'List everything below a folder of the server',
    details: `A pattern without "/" is held against names, else against paths below the folder. ${PATTERNS}`,
    needsSession: true,
    menu: { label: 'Find…', keys: 'CmdOrCtrl+Shift+F' },
  },
  {
    name: 'du',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'remote-folder', optional: true }],
    summary: 'Add up the sizes below a folder of the server',
    needsSession: true,
    menu: { label: 'Folder size', keys: 'Alt+Enter', summary: 'Add up the sizes below the folder of the server' },
  },
  {
    name: 'cat',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'file', kind: 'remote-path', many: true }],
    summary: 'Show a text file of the server, scanned first',
    details: 'Files up to 4 MiB. What the scan does not find clean is not shown.',
    needsSession: true,
    menu: { label: 'View', keys: 'F3', summary: 'Show the text file selected, scanned first' },
  },
  {
    name: 'lcd',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'local-folder', optional: true }],
    summary: 'Open a folder of this computer',
    details: '".." is the folder above, "-" the one before, "~" or nothing your home.',
    needsSession: false,
  },
  {
    name: 'lls',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'path or pattern', kind: 'local-path', optional: true }],
    options: LONG_LISTING,
    summary: 'List a folder of this computer',
    needsSession: false,
  },
  {
    name: 'lpwd',
    aliases: [],
    group: 'files',
    arguments: [],
    summary: 'Show the current folder of this computer',
    needsSession: false,
  },
  {
    name: 'lmkdir',
    aliases: [],
    group: 'files',
    arguments: [{ name: 'folder', kind: 'local-folder', many: true }],
    summary: 'Make a folder on this computer',
    needsSession: false,
  },
  {
    name: 'ldelete',
    aliases: [],
    group: 'files',
    arguments: [{ ...localPath, name: 'file', many: true }],
    summary: 'Delete files from this computer',
    details: `Asks about each while "prompt" is on. Folders are left alone. ${PATTERNS}`,
    needsSession: false,
  },
] as const satisfies readonly CommandSpec[]

const TRANSFERS = [
  {
    name: 'put',
    aliases: ['send'],
    group: 'transfers',
    arguments: [
      { name: 'file', kind: 'local-path' },
      { name: 'remote name or folder', kind: 'remote-path', optional: true },
    ],
    summary: 'Upload a file or folder, scanned first',
    needsSession: true,
    menu: { label: 'Upload', keys: 'CmdOrCtrl+U', summary: 'Upload what is selected, scanned first' },
  },
  {
    name: 'mput',
    aliases: [],
    group: 'transfers',
    arguments: [{ name: 'files, folders or patterns', kind: 'local-path', many: true }],
    summary: 'Upload several files and folders into the current folder',
    details: `Folders go with all that is in them. A pattern with folders (src/**/*.py) keeps them. ${PATTERNS}`,
    needsSession: true,
    menu: { label: 'Upload matching…', keys: 'CmdOrCtrl+Alt+U', summary: 'Upload what fits a pattern' },
  },
  {
    name: 'get',
    aliases: ['recv'],
    group: 'transfers',
    arguments: [
      { name: 'file', kind: 'remote-path' },
      { name: 'folder or new path', kind: 'local-path', optional: true },
    ],
    summary: 'Download a file or folder, scanned on the way',
    needsSession: true,
    menu: { label: 'Download', keys: 'CmdOrCtrl+D', summary: 'Download what is selected, scanned on the way' },
  },
  {
    name: 'mget',
    aliases: [],
    group: 'transfers',
    arguments: [{ name: 'files, folders or patterns, then a local folder', kind: 'remote-path', many: true }],
    summary: 'Download several files and folders',
    details: `The last argument is the folder to download into when such a folder is here, or when it ends with "/". ${PATTERNS}`,
    needsSession: true,
    menu: { label: 'Download matching…', keys: 'CmdOrCtrl+Alt+G', summary: 'Download what fits a pattern' },
  },
  {
    name: 'reget',
    aliases: [],
    group: 'transfers',
    arguments: [
      { name: 'file', kind: 'remote-path' },
      { name: 'folder or new path', kind: 'local-path', optional: true },
    ],
    summary: 'Go on with a download that ended early',
    details: 'The part that is here is scanned together with the rest. Always binary.',
    needsSession: true,
    menu: { label: 'Resume download', keys: 'CmdOrCtrl+Shift+D' },
  },
  {
    name: 'reput',
    aliases: [],
    group: 'transfers',
    arguments: [
      { name: 'file', kind: 'local-path' },
      { name: 'remote name or folder', kind: 'remote-path', optional: true },
    ],
    summary: 'Go on with an upload that ended early',
    details: 'The whole file is scanned, the rest of it is sent. Always binary.',
    needsSession: true,
    menu: { label: 'Resume upload', keys: 'CmdOrCtrl+Shift+U' },
  },
  {
    name: 'append',
    aliases: [],
    group: 'transfers',
    arguments: [
      { name: 'file', kind: 'local-path' },
      { name: 'remote file', kind: 'remote-path', optional: true },
    ],
    summary: 'Add a file of this computer to the end of one on the server',
    details: 'What is sent is scanned; what it becomes part of is on the server already. Always binary.',
    needsSession: true,
    menu: { label: 'Append to remote file…', keys: 'CmdOrCtrl+Shift+A' },
  },
  {
    name: 'auto',
    aliases: [],
    group: 'transfers',
    arguments: [],
    summary: 'Transfer text files as text, all others byte for byte',
    needsSession: false,
    menu: { label: 'Type: Auto', keys: 'CmdOrCtrl+Alt+1', kind: 'radio' },
  },
  {
    name: 'binary',
    aliases: ['image'],
    group: 'transfers',
    arguments: [],
    summary: 'Transfer every file byte for byte',
    needsSession: false,
    menu: { label: 'Type: Binary', keys: 'CmdOrCtrl+Alt+2', kind: 'radio' },
  },
  {
    name: 'ascii',
    aliases: [],
    group: 'transfers',
    arguments: [],
    summary: 'Transfer every file as text, with line ends converted',
    needsSession: false,
    menu: { label: 'Type: ASCII', keys: 'CmdOrCtrl+Alt+3', kind: 'radio' },
  },
  {
    name: 'prompt',
    aliases: [],
    group: 'transfers',
    arguments: [{ name: 'on|off', kind: 'choice', choices: ['on', 'off'], optional: true }],
    summary: 'Ask before several files are moved or deleted',
    details: 'Without an argument it changes from on to off and back.',
    needsSession: false,
    menu: { label: 'Ask before several files', keys: 'CmdOrCtrl+Alt+P', kind: 'check' },
  },
  {
    name: 'scan',
    aliases: [],
    group: 'transfers',
    arguments: [
      { name: 'on|off', kind: 'choice', choices: ['on', 'off'], optional: true },
      { name: 'up|down', kind: 'choice', choices: ['up', 'down'], optional: true },
    ],
    summary: 'Show or change whether uploads and downloads are scanned',
    details:
      'Off holds until the program ends, is shown all the time, and files moved meanwhile are marked as not scanned.',
    needsSession: false,
    menu: {
      label: 'Scan files',
      keys: 'CmdOrCtrl+Alt+S',
      kind: 'check',
      summary: 'Scan uploads and downloads for viruses',
    },
  },
] as const satisfies readonly CommandSpec[]

const SESSION = [
  {
    name: 'open',
    aliases: ['connect', 'ftp'],
    group: 'session',
    arguments: [
      { name: 'host or URL', kind: 'text' },
      { name: 'port', kind: 'text', optional: true },
    ],
    summary: 'Connect to a server; asks for user and password',
    details: 'A bare host uses explicit TLS. ftp:// is plain and says so, ftps:// implicit TLS, ftpes:// explicit TLS.',
    needsSession: false,
    menu: { label: 'Connect…', keys: 'CmdOrCtrl+L', summary: 'Name the server to connect to' },
  },
  {
    name: 'user',
    aliases: [],
    group: 'session',
    arguments: [{ name: 'name', kind: 'text', optional: true }],
    summary: 'Log in to the same server as somebody else',
    needsSession: true,
  },
  {
    name: 'close',
    aliases: ['disconnect'],
    group: 'session',
    arguments: [],
    summary: 'End the session; transfers go on',
    needsSession: false,
    menu: { label: 'Disconnect', keys: 'CmdOrCtrl+Shift+L' },
  },
  {
    name: 'status',
    aliases: [],
    group: 'session',
    arguments: [],
    summary: 'Show the session, its modes, its folders and the scanner',
    needsSession: false,
    menu: { label: 'Status', keys: 'CmdOrCtrl+I' },
  },
  {
    name: 'passive',
    aliases: [],
    group: 'session',
    arguments: [{ name: 'on|off', kind: 'choice', choices: ['on', 'off'], optional: true }],
    summary: 'Open data connections from here (on) or from the server (off)',
    details: 'Without an argument it changes from on to off and back.',
    needsSession: false,
    menu: {
      label: 'Passive mode',
      keys: 'CmdOrCtrl+Shift+P',
      kind: 'check',
      summary: 'Open data connections from here, not from the server',
    },
  },
  {
    name: 'verbose',
    aliases: [],
    group: 'session',
    arguments: [{ name: 'on|off', kind: 'choice', choices: ['on', 'off'], optional: true }],
    summary: 'Show the commands sent and the replies',
    needsSession: false,
  },
  {
    name: 'quote',
    aliases: ['raw'],
    group: 'session',
    arguments: [{ name: 'command', kind: 'text', many: true }],
    summary: 'Send a command to the server as it is',
    details: 'Commands that log in, open data connections or change the protection are refused: they have their own.',
    needsSession: true,
    menu: { label: 'Send raw command…', keys: 'CmdOrCtrl+Shift+K' },
  },
  {
    name: 'history',
    aliases: [],
    group: 'session',
    arguments: [],
    summary: 'Show the commands given before',
    needsSession: false,
  },
  {
    name: 'help',
    aliases: ['?'],
    group: 'session',
    arguments: [{ name: 'command', kind: 'command', optional: true }],
    summary: 'Show all commands, or what one does',
    needsSession: false,
  },
  {
    name: '!',
    aliases: ['shell'],
    group: 'session',
    arguments: [{ name: 'command', kind: 'text', optional: true, many: true }],
    summary: 'Refused: commands of the operating system are not run from here',
    needsSession: false,
  },
  {
    name: 'quit',
    aliases: ['bye', 'exit'],
    group: 'session',
    arguments: [],
    summary: 'End the session and the program',
    needsSession: false,
    menu: { label: 'Quit', keys: 'CmdOrCtrl+Q' },
  },
] as const satisfies readonly CommandSpec[]

type Specs = readonly [...typeof FILES, ...typeof TRANSFERS, ...typeof SESSION]
export type CommandName = Specs[number]['name']
/** Commands that menus show. */
export type MenuCommandName = Extract<Specs[number], { menu: MenuSpec }>['name']

/** All commands, in the order of menus and help. */
export const COMMANDS: readonly (CommandSpec & { name: CommandName })[] = [...FILES, ...TRANSFERS, ...SESSION]

/** The command of this name or alias; commands are found in any case. */
export function findCommand(word: string): (CommandSpec & { name: CommandName }) | null {
  const wanted = word.toLowerCase()
  return COMMANDS.find(({ name, aliases }) => name === wanted || aliases.includes(wanted)) ?? null
}

/** "get <file> [folder or new path]" */
export function usageOf({ name, options = [], arguments: args }: CommandSpec): string {
  const flags = options.map(({ flag }) => `[${flag}]`)
  const words = args.map(({ name: word, optional, many }) => {
    const text = many ? `${word}…` : word
    return optional ? `[${text}]` : `<${text}>`
  })
  return [name, ...flags, ...words].join(' ')
}
