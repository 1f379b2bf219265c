import { expect, test } from 'vitest'
import type { TransferRequest } from '../../common/models.ts'
import { checkRequest } from './request-check.ts'

function request(more: Partial<TransferRequest> = {}): TransferRequest {
  return {
    direction: 'upload',
    sources: [{ path: '/here/a' }],
    targetFolder: '/there',
    transferType: 'auto',
    conflict: 'ask',
    ...more,
  }
}

const download = { direction: 'download' } as const
const two = { sources: [{ path: '/a' }, { path: '/b' }] }

test('sources go on as they are, or with the target that the name makes', () => {
  expect(checkRequest(request(two))).toEqual(two.sources)
  expect(checkRequest(request({ targetName: 'b c' }))).toEqual([{ path: '/here/a', target: '/there/b c' }])
  expect(checkRequest(request({ targetName: 'b\\c', targetFolder: '/' }))).toEqual([
    { path: '/here/a', target: '/b\\c' },
  ])
  const sources = [{ path: '/a', type: 'file' as const }]
  expect(checkRequest(request({ ...download, sources, targetName: 'b' }))).toEqual([
    { path: '/a', type: 'file', target: '/there/b' },
  ])
  for (const mode of ['whole', 'resume', 'append'] as const) expect(checkRequest(request({ mode }))).toHaveLength(1)
})

test.each<[string, Partial<TransferRequest>, string]>([
  ['a relative folder', { targetFolder: 'there' }, 'bad-argument'],
  ['a relative local folder', { ...download, targetFolder: 'there' }, 'bad-argument'],
  ['one name for two', { ...two, targetName: 'x' }, 'bad-argument'],
  ['a path as a name', { targetName: '../x' }, 'bad-argument'],
  ['the folder itself', { targetName: '.' }, 'bad-argument'],
  ['the folder above', { targetName: '..' }, 'bad-argument'],
  ['a second command', { targetName: 'x\r\nDELE y' }, 'illegal-characters'],
  ['a NUL', { targetName: 'x\0' }, 'illegal-characters'],
  ['half a character', { targetName: 'x\ud800' }, 'illegal-characters'],
  ['a local path', { ...download, targetName: 'a/b' }, 'unsafe-name'],
  ['the local folder above', { ...download, targetName: '..' }, 'unsafe-name'],
  ['a device', { ...download, targetName: 'CON' }, 'unsafe-name'],
  ['two to resume', { ...two, mode: 'resume' }, 'bad-argument'],
  ['two to append', { ...two, mode: 'append' }, 'bad-argument'],
  ['a folder to resume', { ...download, sources: [{ path: '/a', type: 'dir' }], mode: 'resume' }, 'bad-argument'],
  ['a download to append', { ...download, mode: 'append' }, 'bad-argument'],
])('%s is refused', (_what, more, code) => {
  expect(() => checkRequest(request(more))).toThrow(expect.objectContaining({ code }))
})
