import { expect, test } from 'vitest'
import { SluiceError } from '../../common/errors.ts'
import { parseMysqlSpec } from './mysql-spec.ts'

test('an address is taken apart, with what is escaped in it', () => {
  expect(parseMysqlSpec('mysql://us%40er:p%40ss%3A%2F%3F%23@db.example:3307/sluice')).toEqual({
    user: 'us@er',
    password: 'p@ss:/?#',
    host: 'db.example',
    port: 3307,
    socket: null,
    database: 'sluice',
    tls: { ca: null },
    name: 'mysql://db.example:3307/sluice',
  })
  expect(parseMysqlSpec('mariadb://u@[::1]/d')).toMatchObject({ host: '::1', port: 3306, password: '', tls: false })
})

test.for([
  ['mysql://u:secret@localhost/d', false],
  ['mysql://u:secret@127.0.0.1/d', false],
  ['mysql://u:secret@127.8.9.1:1/d', false],
  ['mysql://u:secret@[::1]/d', false],
  ['mysql://u:secret@localhost/d?socket=/run/mysqld.sock', false],
  ['mysql://u:secret@localhost/d?ssl=on', true],
  ['mysql://u:secret@localhost/d?ssl=off', false],
  ['mysql://u:secret@192.168.0.2/d', true],
  ['mysql://u:secret@db.example/d', true],
  ['mysql://u:secret@localhost.example/d', true],
  ['mysql://u:secret@127.0.0.1.example/d', true],
  ['mysql://u:secret@0.0.0.0/d', true],
] as const)('%s: TLS %s', ([spec, tls]) => {
  expect(parseMysqlSpec(spec).tls !== false).toBe(tls)
})

test.for([
  'mysql://u:secret@db.example/d?ssl=off',
  'mysql://u:secret@db.example/d?ssl=maybe',
  'mysql://u:secret@db.example/d?sslmode=off',
  'mysql://u:secret@db.example/',
  'mysql://u:secret@db.example',
  'mysql://u:secret@db.example/a/b',
  'mysql://:secret@db.example/d',
  'mysql://u:secret%@db.example/d',
  'mysql://u:secret@db.example:99999/d',
  'mysql://u:se#cret@db.example/d',
  'mysql://u:secret@localhost/d?ssl-ca=/nowhere/ca.pem',
  'postgres://u:secret@db.example/d',
  'secret',
])('%s is refused, without its password', (spec) => {
  let refused: unknown
  try {
    parseMysqlSpec(spec)
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(SluiceError)
  expect(refused).toMatchObject({ code: 'bad-argument' })
  expect(String(refused)).not.toMatch(/secret|se#cret/)
  for (let cause: unknown = refused; cause instanceof Error; cause = cause.cause)
    expect(`${cause.message} ${JSON.stringify(cause)}`).not.toMatch(/secret|se#cret/)
})
