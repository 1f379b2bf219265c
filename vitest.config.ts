import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{common,electron,renderer,agent,server,cli,testing,scripts,bench,build,e2e/shell}/**/*.test.{ts,tsx}'],
    environment: 'node',
    // Processes, not threads: tests spawn servers and change folders, and a crash must not take its neighbours along.
    pool: 'forks',
    maxWorkers: 2,
    // Real servers and scanners start in milliseconds, but not when two cores are shared with everything else.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    coverage: {
      provider: 'v8',
      include: ['{common,electron,agent,cli,server}/**/*.ts', 'renderer/src/{lib,state}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/test/**'],
    },
  },
})
