/**
 * Paths as clients write them. Pure: the disk is asked elsewhere, at the moment of use (CVE-2020-26299 was a server that
 * compared texts alone). A name that cannot be is refused and never mended, since a mended one could be another file's.
 */
import { nameProblem, nameProblemAnywhere } from '../../common/safe-name.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { isPartName } from './part-names.ts'

export type Platform = NodeJS.Platform

/** Windows takes these for wildcards, pipes and quotes. */
const WINDOWS_RESERVED = /[<>"|?*]/

/**
 * Why `name` cannot be one step of a path on `platform`, as the end of a sentence; null when it can. On Windows a colon
 * names a drive or a stream, some names open devices, and dots and spaces at the end are dropped, so that "part." would
 * be "part".
 */
export function stepProblem(name: string, platform: Platform): string | null {
  if (isPartName(name)) return 'it is reserved for the server'
  if (platform !== 'win32') return nameProblemAnywhere(name)
  return WINDOWS_RESERVED.test(name) ? 'it contains a character that Windows reserves' : nameProblem(name)
}

/**
 * The absolute path that `argument` means in `workingFolder`, as the account sees it: both slashes part steps, "." and
 * ".." are walked, and above "/" there is nothing but "/".
 * @throws ReplyError 553 with a step that cannot be
 */
export function resolvePath(workingFolder: string, argument: string, platform: Platform): string {
  const steps = /^[/\\]/.test(argument) ? [] : stepsOf(workingFolder)
  for (const step of argument.split(/[/\\]/)) {
    if (step === '' || step === '.') continue
    if (step === '..') {
      steps.pop()
      continue
    }
    const problem = stepProblem(step, platform)
    if (problem !== null) throw new ReplyError(553, `This name cannot be used: ${problem}.`)
    steps.push(step)
  }
  return `/${steps.join('/')}`
}

/** The steps of a path made by `resolvePath`. */
export function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '')
}

/** The folder that `path` lies in; "/" for "/". */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** The last step of `path`; "/" for "/". */
export function nameOf(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1)
}

/** The path of what is called `name` in `folder`. */
export function childOf(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}
