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
    // Half of the time went into loading the same modules anew for each file; no test leaves anything behind in them.
    isolate: false,
    testTimeout: 20_000,
  },
})
