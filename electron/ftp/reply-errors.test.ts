import { expect, test } from 'vitest'
import { replyError } from './reply-errors.ts'

test.each([
  [550, 'No such file or directory', 'not-found'],
  [550, 'Failed to change directory.', 'not-found'],
  [550, 'Could not get file size.', 'not-found'],
  [550, 'File not found', 'not-found'],
  [550, "The file doesn't exist.", 'not-found'],
  [550, 'Permission denied.', 'permission-denied'],
  [550, 'Access is denied.', 'permission-denied'],
  [550, 'Operation not permitted', 'permission-denied'],
  [550, 'Prohibited file name or no such file: access denied', 'ftp-refused'],
  [550, 'Create directory operation failed.', 'ftp-refused'],
  [530, 'Please login with USER and PASS.', 'login-refused'],
  [553, 'Could not create file.', 'name-refused'],
  [552, 'Quota exceeded', 'storage-full'],
  [452, 'Disk full', 'storage-full'],
  [421, 'Timeout.', 'connection-lost'],
  [425, 'Failed to establish connection.', 'data-connection-failed'],
  [426, 'Failure writing network stream.', 'data-truncated'],
  [522, 'SSL connection failed: session reuse required', 'tls-refused'],
  [502, 'Command not implemented.', 'unsupported'],
  [451, 'Local error', 'ftp-refused'],
  [200, 'What?', 'protocol-violation'],
])('%i %s -> %s', (code, text, expected) => {
  const error = replyError('Cannot open /a/b', 'ftp.example', { code, text })
  expect(error.code).toBe(expected)
  expect(error.reply).toEqual({ code, text })
  expect(error.message).toMatch(/^Cannot open \/a\/b: .*ftp\.example answered "/)
})
