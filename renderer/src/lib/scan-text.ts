import type { Engine, ScanPolicy } from '../../../common/models.ts'

/** What is not scanned, in words; null while everything is. */
export function unscannedText({ upload, download }: ScanPolicy): string | null {
  if (upload && download) return null
  if (upload) return 'Downloads are not scanned for viruses'
  return download ? 'Uploads are not scanned for viruses' : 'Nothing is scanned for viruses'
}

const ENGINES: Record<Engine, string> = { clamd: 'ClamAV', clamscan: 'ClamAV', yara: 'YARA-X' }

/** Name and version; most engines say their name in the version already. */
export const engineText = (engine: Engine, version: string): string =>
  version.includes(ENGINES[engine]) ? version : `${ENGINES[engine]} ${version}`
