import { defineConfig } from 'vitest/config'

/** A platform of 450 flows that moves in waves while both servers work: `npm run test:story`. */
export default defineConfig({
  test: {
    include: ['test/story/**/*.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
})
