import { defineConfig } from 'vitest/config'

/** Every kind between any two versions, one pair of servers at a time: `npm run test:versions`. */
export default defineConfig({
  test: {
    include: ['test/versions/**/*.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
