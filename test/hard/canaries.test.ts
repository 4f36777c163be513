import { afterAll, beforeAll, test } from 'vitest'
import { type CommandLine, commandLines } from '../canaries/commands.ts'
import { failures } from '../canaries/echo-proxy.ts'
import { expectSilence, failing, successes } from '../canaries/held.ts'
import { type Bench, openBench, type Run } from '../canaries/runs.ts'
import { shareVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/* Secrets in every place that can hold one: no command shows or writes one of them, whether it succeeds or fails. */
let bench: Bench
const all: Run[] = []

beforeAll(async () => {
  bench = await openBench()
})
afterAll(async () => {
  await bench?.close()
  const failed = all.filter(({ exit }) => exit !== 0).length
  tellFigure(
    `Secret canaries: ${all.length} runs, ${failed} of which failed, with ${bench?.canaries.length} secrets: none was shown or written`,
  )
})

test('of all commands when they succeed, and of the undo of what they wrote', async () => {
  all.push(...(await expectSilence(successes(bench, commandLines(bench.home, bench.recipient)))))
})

test.each(failures)('of every verb when requests fail: %s', async (how) => {
  all.push(...(await expectSilence(failing(bench, some(), how))))
})

/** The first command line of each verb; all with the share 1. */
function some(): readonly CommandLine[] {
  const lines = commandLines(bench.home, bench.recipient)
  if (process.env[shareVariable] === '1') return lines
  return lines.filter(({ args: [verb] }, index) => lines.findIndex(({ args }) => args[0] === verb) === index)
}
