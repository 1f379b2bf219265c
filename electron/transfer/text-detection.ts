/** Which files the transfer type `auto` sends as text. In doubt a file is binary: nothing may be damaged. */
import { open } from 'node:fs/promises'
import { localError } from '../local/index.ts'

/** Bytes looked at. */
export const SNIFF_BYTES = 8192

/** Endings of files whose line ends mean nothing but line ends. Formats with checksums, signatures or own rules are left out. */
const TEXT_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'txt text log md markdown rst adoc csv tsv ini cfg conf cnf properties env toml yaml yml json jsonl json5 xml xsd ' +
    'xsl xslt dtd svg html htm xhtml shtml css scss sass less js mjs cjs jsx ts mts cts tsx vue php php3 php4 php5 ' +
    'phtml inc asp aspx jsp cgi pl pm py rb lua tcl sh bash zsh fish ksh csh awk sed c h cc cpp cxx hh hpp hxx m mm ' +
    'java kt kts scala groovy gradle go rs swift cs vb fs pas pp f f90 for asm s sql r tex bib sty cls mk cmake ' +
    'htaccess htpasswd gitignore gitattributes editorconfig nfo diz srt vtt po pot ics vcf'
  ).split(' '),
)

const TEXT_NAMES: ReadonlySet<string> = new Set(
  'readme license licence copying changelog authors todo makefile dockerfile .htaccess .htpasswd .profile .bashrc'.split(
    ' ',
  ),
)

/** True when a file's name promises text. */
export function namePromisesText(name: string): boolean {
  const lower = name.toLowerCase()
  const dot = lower.lastIndexOf('.')
  return TEXT_NAMES.has(lower) || (dot > 0 && TEXT_EXTENSIONS.has(lower.slice(dot + 1)))
}

/**
 * True when a file's first bytes are UTF-8 text without NUL. Text in other encodings counts as binary: a converter
 * of single bytes would break UTF-16, and leaving line ends alone breaks nothing.
 * @param whole whether `head` is the whole file; else a character cut at its end is forgiven
 */
export function looksLikeText(head: Buffer, whole: boolean): boolean {
  if (head.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole })
    return true
  } catch {
    return false
  }
}

/**
 * Decides for a local file that `auto` applies to.
 * @throws SluiceError with a local code when the file cannot be read
 */
export async function localFileIsText(path: string, name: string): Promise<boolean> {
  if (!namePromisesText(name)) return false
  try {
    const file = await open(path, 'r')
    try {
      const head = Buffer.allocUnsafe(SNIFF_BYTES)
      const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0)
      return looksLikeText(head.subarray(0, bytesRead), bytesRead < SNIFF_BYTES)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw localError(error, 'read', path)
  }
}
