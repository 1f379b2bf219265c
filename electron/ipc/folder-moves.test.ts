import { expect, test } from 'vitest'
import type { SessionState } from '../../common/models.ts'
import { Folders } from '../services/working-folders.ts'
import { createFolderMoves } from './folder-moves.ts'

const endpoint = { protocol: 'ftp', host: 'files.test', port: 21, user: 'me' } as const
const CONNECTED: SessionState = { state: 'connected', endpoint, home: '/', tls: null, system: null }
const CONNECTING: SessionState = { state: 'connecting', endpoint, step: 'Logging in' }

function moves(state: SessionState) {
  const folders = new Folders('/home')
  const session = { state }
  const followed: string[] = []
  const moved = createFolderMoves({ folders, session, follow: (side, path) => followed.push(`${side} ${path}`) })
  return { folders, session, followed, moved }
}

test('the window is told where the console went, and nothing that it said itself', () => {
  const { folders, followed, moved, session } = moves(CONNECTING)
  folders.set('remote', '/')
  session.state = CONNECTED
  moved('remote', '/by-window')
  moved('local', '/home/by-window')
  expect(folders.get()).toEqual({ local: '/home/by-window', remote: '/by-window' })
  expect(followed).toEqual([])
  folders.set('remote', '/by-console')
  folders.set('local', '/home')
  // The pane arrives where it was sent.
  moved('remote', '/by-console')
  expect(followed).toEqual(['remote /by-console', 'local /home'])
})

test('a session’s first folder is told by its state alone', () => {
  const { folders, followed } = moves(CONNECTING)
  folders.set('remote', '/home-of-me')
  expect(followed).toEqual([])
})

test('a pane that speaks after the session has ended moves nothing', () => {
  const { folders, moved } = moves({ state: 'disconnected', error: null })
  moved('remote', '/late')
  expect(folders.get().remote).toBeNull()
})

test.each(['/a\r\nDELE b', '/a\nb', '/a\0b'])('%j is no folder on a server: the next login would go there', (path) => {
  const { folders, moved } = moves(CONNECTED)
  folders.set('remote', '/')
  expect(() => moved('remote', path)).toThrow(/no folder/)
  expect(folders.get().remote).toBe('/')
})

test('a local path that no disk can have is refused', () => {
  const { folders, moved } = moves(CONNECTED)
  expect(() => moved('local', '/a\0b')).toThrow(/no folder/)
  expect(folders.get().local).toBe('/home')
})

test('a local path that is not absolute is refused', () => {
  const { folders, moved } = moves(CONNECTED)
  expect(() => moved('local', 'relative')).toThrow(/whole path/)
  expect(folders.get().local).toBe('/home')
})
