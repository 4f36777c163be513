import { defineConfig } from 'vitest/config'

/** Every update of several writes, stopped at every write: `npm run test:hard`. */
export default defineConfig({
  test: {
    include: ['test/hard/**/*.test.ts'],
    globalSetup: ['test/hard/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
})
