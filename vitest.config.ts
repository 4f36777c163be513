import { configDefaults, defineConfig } from 'vitest/config'
import { copyTests, fast, fastTests } from './vitest.fast.ts'

/*
 * All tests but those of `npm run test:hard`, `npm run test:story`, `npm run test:imports` and the matrix of `npm run test:versions`. Vitest begins with the first project by name: the long tests with servers, the largest
 * files first; the fast tests then fill both workers to the end.
 */
export default defineConfig({
  test: {
    // A test waits for its server, and the server for the test, so that two workers leave a fifth of two cores idle.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            'test/hard/**',
            'test/imports/**',
            'test/story/**',
            'test/site/**',
            'test/versions/matrix.test.ts',
            ...fastTests,
            copyTests,
          ],
          globalSetup: ['test/servers/global-setup.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 10_000 } },
          // A shared runner that pauses for seconds is not a fault of the tool. `.ci/run` names each test that needed its second try.
          retry: process.env.CI === 'true' ? 1 : 0,
        },
      },
      { test: { ...fast, include: [...fastTests, copyTests], name: 'without servers' } },
    ],
  },
})
