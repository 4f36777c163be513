import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLines } from '../canaries/commands.ts'
import { expectSilence, failing, successes } from '../canaries/held.ts'
import { type Bench, openBench } from '../canaries/runs.ts'

/* A sample of test/hard/canaries.test.ts: secrets in every place that can hold one, of which no command says anything. */
let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench?.close())

/** The command lines that begin with these words. */
const some = (...beginnings: readonly string[]) =>
  commandLines(bench.home, bench.recipient).filter(({ args }) =>
    beginnings.some((words) => args.join(' ').startsWith(words)),
  )

test('exports, plans and applies say no secret, nor do a pause and the undo of each', async () => {
  const lines = some('export -o -', 'plan all.yaml -f text', 'apply all.yaml', 'pause all.yaml')
  const runs = await expectSilence(successes(bench, lines))
  expect(runs.map(({ args: [name] }) => name)).toEqual(['export', 'plan', 'apply', 'undo', 'pause', 'undo'])
})

test('nor do they when the server quotes what it was sent and what it holds', async () => {
  const runs = await expectSilence(failing(bench, some('export -o -', 'apply all.yaml'), '422'))
  expect(runs.map(({ exit }) => exit === 0)).toEqual([false, false, false, false])
})
