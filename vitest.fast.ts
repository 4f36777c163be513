import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { shareVariable } from './test/support/property-runs.ts'

/** The tests that need no server. */
export const fastTests = [
  'test/unit/**/*.test.ts',
  'test/kinds/**/*.test.ts',
  'test/rooms.test.ts',
  'test/docs.test.ts',
]

/** These start the checkers of the project on copies of it: a third of all fast tests' time. */
export const copyTests = 'test/extension-steps.test.ts'

export const fast: NonNullable<TestProjectInlineConfiguration['test']> = {
  include: fastTests,
  // Half of the time was spent loading the same modules for each file; no test changes their state.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

/** A part of `npm run check`, which has to be quick: laws are tried with a quarter of the random inputs. */
export default defineConfig({ test: { ...fast, maxWorkers: 2, env: { [shareVariable]: '0.25' } } })
