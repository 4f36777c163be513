import { defineConfig } from 'vitest/config'

/** Imports of a corpus against the real Prefect: `npm run test:imports`. */
export default defineConfig({
  test: {
    include: ['test/imports/corpus.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
