import { expect, test, vi } from 'vitest'
import { SluiceError } from '../../common/errors.ts'
import { createRouter, type IpcHandlers } from './router.ts'

const own = { senderFrame: { url: 'app://sluice/index.html', parent: null } }

function routerWith(handlers: Partial<IpcHandlers>) {
  // Only the channels a test calls are there.
  return createRouter(handlers as IpcHandlers, 'app://sluice')
}

test('passes parsed arguments on and wraps the result', async () => {
  const mkdir = vi.fn(async () => '/a/b')
  const route = routerWith({ 'remote.mkdir': mkdir })
  expect(await route(own, 'remote.mkdir', { folder: '/a', name: 'b', extra: 1 })).toEqual({ ok: true, value: '/a/b' })
  expect(mkdir).toHaveBeenCalledWith({ folder: '/a', name: 'b' })
})

test('an error crosses as data with its code and reply', async () => {
  const route = routerWith({
    'remote.mkdir': () => {
      throw new SluiceError('permission-denied', 'No.', { reply: { code: 550, text: 'Permission denied.' } })
    },
  })
  expect(await route(own, 'remote.mkdir', { folder: '/a', name: 'b' })).toEqual({
    ok: false,
    error: { code: 'permission-denied', message: 'No.', reply: { code: 550, text: 'Permission denied.' } },
  })
})

test.each([
  ['a foreign page', { url: 'https://example.org/', parent: null }],
  ['a host that only begins like ours', { url: 'app://sluice.evil/index.html', parent: null }],
  ['a sub-frame', { url: 'app://sluice/index.html', parent: {} }],
  ['a frame that is gone', null],
])('refuses %s', async (_name, senderFrame) => {
  const list = vi.fn()
  const reply = await routerWith({ 'recent.list': list })({ senderFrame }, 'recent.list')
  expect(reply).toMatchObject({ ok: false, error: { code: 'permission-denied' } })
  expect(list).not.toHaveBeenCalled()
})

test.each([
  ['an unknown channel', ['nonsense']],
  ['a name of the prototype', ['constructor']],
  ['no channel', [undefined]],
  ['wrong arguments', ['remote.mkdir', { folder: '', name: 'b' }]],
  ['missing arguments', ['remote.mkdir']],
  ['too many arguments', ['recent.list', 1]],
])('refuses %s', async (_name, [channel, ...args]: unknown[]) => {
  const reply = await routerWith({ 'remote.mkdir': () => 'x', 'recent.list': () => [] })(own, channel, ...args)
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-argument' } })
})
