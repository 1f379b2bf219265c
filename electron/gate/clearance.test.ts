import { expect, test } from 'vitest'
import { Clearance } from './clearance.ts'
import * as gate from './index.ts'

test('a clearance cannot be forged or changed', () => {
  const real = new Clearance('a'.repeat(64), 1)
  expect(Clearance.isGenuine(real)).toBe(true)
  const forgeries: unknown[] = [null, {}, { ...real }, Object.create(Clearance.prototype), structuredClone(real)]
  expect(forgeries.some((forgery) => Clearance.isGenuine(forgery))).toBe(false)
  expect(() => Object.assign(real, { sha256: 'b'.repeat(64) })).toThrow()
})

test('the room hands out no way to make one', () => {
  expect(Object.values(gate)).not.toContain(Clearance)
  expect(Object.keys(gate).toSorted()).toEqual(['AgentSupervisor', 'agentProcesses', 'createGate', 'tellingWhy'])
})
