import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts', // *.test.ts are vitest's
  outputDir: 'test-results/e2e',
  timeout: 60_000,
  // Real servers, scanners and browsers share few cores: slow is not wrong.
  expect: { timeout: 15_000 },
  // The specs share a machine with real servers and scanners, and some of them measure.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
})
