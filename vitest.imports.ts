import { defineConfig } from 'vitest/config'

/** Imports of a corpus against the real Prefect: `npm run test:imports`. */
export default defineConfig({
  test: {
    include: ['test/imports/*.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
})
