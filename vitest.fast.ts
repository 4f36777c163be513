import { defineConfig } from 'vitest/config'

/** Tests that need no server: part of `npm run check`. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/kinds/**/*.test.ts', 'test/rooms.test.ts', 'test/docs.test.ts'],
    maxWorkers: 2,
    testTimeout: 20_000,
  },
})
