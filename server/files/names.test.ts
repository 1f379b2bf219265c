import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptPartName, newPartName } from './part-names.ts'
import { childOf, nameOf, parentOf, resolvePath, stepProblem, stepsOf } from './names.ts'

const refusal = (argument: string, platform: NodeJS.Platform = 'linux'): (() => string) => {
  return () => resolvePath('/a', argument, platform)
}

describe('a path', () => {
  test.each([
    ['b', '/a/b'],
    ['./b//c/', '/a/b/c'],
    ['/b', '/b'],
    ['\\b\\c', '/b/c'],
    ['..', '/'],
    ['../..', '/'],
    ['..\\..\\..', '/'],
    ['/..', '/'],
    ['/../../etc/passwd', '/etc/passwd'],
    ['x/../../../y', '/y'],
    ['...', '/a/...'],
    ['', '/a'],
    ['~', '/a/~'],
    ['ünï/cödé 😀', '/a/ünï/cödé 😀'],
  ])('of %j is %s', (argument, path) => {
    expect(resolvePath('/a', argument, 'linux')).toBe(path)
  })

  test('never leaves the root, whatever the client sends', () => {
    const step = fc.oneof(
      fc.constantFrom('..', '.', '', '...', 'a', '..\\..', '/..', 'C:'),
      fc.string({ unit: 'binary' }),
    )
    const argument = fc
      .array(step, { maxLength: 12 })
      .chain((steps) => fc.constantFrom('/', '\\').map((slash) => steps.join(slash)))
    fc.assert(
      fc.property(argument, fc.constantFrom<NodeJS.Platform>('linux', 'darwin', 'win32'), (text, platform) => {
        let path: string
        try {
          path = resolvePath('/a/b', text, platform)
        } catch (error) {
          expect(error).toMatchObject({ name: 'ReplyError', code: 553 })
          return
        }
        expect(path).toMatch(/^\//)
        for (const name of stepsOf(path)) {
          expect(name).not.toMatch(/^\.{1,2}$|[/\\\0\r\n]/)
          expect(stepProblem(name, platform)).toBeNull()
        }
        expect(resolvePath('/', path, platform)).toBe(path)
        expect(resolvePath(path, '.', platform)).toBe(path)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['NUL', 'a\0b'],
    ['CR', 'a\rb'],
    ['LF', 'a\nDELE x'],
    ['escape', '\u001b[2J'],
    ['C1 control', 'a\u0085b'],
    ['direction override', 'txt\u202eexe'],
    ['half a character', 'a\ud800'],
    ['256 bytes', 'x'.repeat(256)],
    ['256 bytes of UTF-8', 'é'.repeat(128)],
    ['an upload under way', newPartName('ada', 'x')],
    ['a kept upload', keptPartName('ada', 'x')],
    ['a kept upload in capitals', keptPartName('ada', 'x').toUpperCase()],
    ['a kept upload as FAT knows it, too', `${keptPartName('ada', 'x')}. .`],
    ['a short name of one', 'SLUICE~1.UPL'],
    ['another short name of one', 'sla3f0~12.upl.'],
    ['a kept upload inside', `d/${keptPartName('ada', 'x')}/y`],
  ])('with %s is refused', (_what, argument) => {
    expect(refusal(argument)).toThrow(expect.objectContaining({ code: 553 }))
  })

  test.each([
    'C:\\Windows',
    'c:/x',
    'file.txt:stream',
    'file::$DATA',
    'CON',
    'nul.txt',
    'Com1',
    'LPT\u00b9.log',
    'CONIN$',
    'dot.',
    'space ',
    'a/b. /c',
    '... ',
    'what?',
    'a*b',
    'a|b',
    '"x"',
    '<x>',
  ])('that Windows would read otherwise is refused there: %j', (argument) => {
    expect(refusal(argument, 'win32')).toThrow(expect.objectContaining({ code: 553 }))
    expect(refusal(argument, 'linux')()).toMatch(/^\//)
  })

  test('a name of 255 bytes can be', () => {
    expect(stepProblem('x'.repeat(255), 'linux')).toBeNull()
    expect(stepProblem(newPartName('ada', 'é'.repeat(127)), 'linux')).toContain('reserved')
  })

  test('the refusal does not say what was sent', () => {
    expect(refusal('evil\r\n230 Welcome')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('evil') }),
    )
  })
})

test('paths come apart and together', () => {
  expect([parentOf('/'), parentOf('/a'), parentOf('/a/b')]).toEqual(['/', '/', '/a'])
  expect([nameOf('/'), nameOf('/a'), nameOf('/a/b')]).toEqual(['/', 'a', 'b'])
  expect([childOf('/', 'a'), childOf('/a', 'b')]).toEqual(['/a', '/a/b'])
})
