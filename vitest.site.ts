import { defineConfig } from 'vitest/config'

/** The site of the documentation, built and opened in a browser: `npm run test:site`. Its packages have their own lock file. */
export default defineConfig({
  test: {
    include: ['test/site/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
