import {
  File,
  FileArchive,
  FileCode,
  FileImage,
  FileMusic,
  FilePlay,
  FileQuestion,
  FileSymlink,
  FileText,
  Folder,
  type LucideIcon,
} from 'lucide-react'
import type { Entry } from '../../../common/models.ts'

const GROUPS: [LucideIcon, string][] = [
  [FileText, 'txt md pdf doc docx odt rtf tex log csv tsv xls xlsx ods'],
  [FileImage, 'png jpg jpeg gif webp avif svg bmp tif tiff heic ico psd raw'],
  [FileArchive, 'zip gz tgz bz2 xz zst 7z rar tar jar deb rpm iso dmg'],
  [FileCode, 'js ts jsx tsx json html htm css php py rb rs go c h cc cpp java sh bat ps1 xml yml yaml toml sql'],
  [FileMusic, 'mp3 flac ogg oga opus wav m4a aac'],
  [FilePlay, 'mp4 mkv webm avi mov mpg mpeg m4v'],
]
const BY_EXTENSION = new Map(GROUPS.flatMap(([icon, list]) => list.split(' ').map((extension) => [extension, icon])))

/** Icon of an entry, by its type and for files by the extension. */
export function iconOf(entry: Entry): LucideIcon {
  if (entry.type === 'dir') return Folder
  if (entry.type === 'link') return FileSymlink
  if (entry.type === 'other') return FileQuestion
  return BY_EXTENSION.get(entry.name.slice(entry.name.lastIndexOf('.') + 1).toLowerCase()) ?? File
}
