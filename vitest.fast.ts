import { defineConfig } from 'vitest/config'

/** Tests that need no server: part of `npm run check`. */
export default defineConfig({
  test: {
    include: [
      'test/unit/**/*.test.ts',
      'test/kinds/**/*.test.ts',
      'test/rooms.test.ts',
      'test/docs.test.ts',
      'test/extension-steps.test.ts',
    ],
    maxWorkers: 2,
    // Half of the time was spent loading the same modules for each file; no test changes their state.
    isolate: false,
    testTimeout: 60_000,
  },
})
