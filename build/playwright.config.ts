import { defineConfig } from '@playwright/test'

/** The packaging check runs apart from e2e/: it needs built bundles and takes its time. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results/package',
  timeout: 180_000,
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: '../test-results/package.json' }]],
})
