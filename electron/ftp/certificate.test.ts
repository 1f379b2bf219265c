import { expect, test } from 'vitest'
import { alternativeNames } from './certificate.ts'

test.each([
  [undefined, []],
  ['DNS:a.example', ['a.example']],
  ['DNS:a.example, DNS:*.b.example, IP Address:192.0.2.1', ['a.example', '*.b.example', '192.0.2.1']],
  // Node quotes what could pass for a separator (CVE-2021-44532).
  ['DNS:"evil.example, DNS:good.example", DNS:x', ['evil.example, DNS:good.example', 'x']],
])('%j', (text, names) => {
  expect(alternativeNames(text)).toEqual(names)
})
