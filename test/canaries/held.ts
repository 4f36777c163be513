import { expect } from 'vitest'
import type { CommandLine } from './commands.ts'
import type { Failure } from './echo-proxy.ts'
import { type Bench, type Run, runWith } from './runs.ts'

/** Runs commands that succeed, and the undo of each journal that they write. */
export async function* successes(bench: Bench, lines: readonly CommandLine[]): AsyncGenerator<Run> {
  for (const { args, writes } of lines) {
    if (writes) await bench.database.load('planted')
    const run = await runWith(bench, args)
    yield run
    const journal = /Journal: (\S+)/.exec(run.told.err)?.[1]
    if (journal !== undefined) yield await runWith(bench, ['undo', journal, '-p', 'to', '--yes', '--verbose'])
  }
}

/** Runs commands while the fourth read fails, and the first and the fifth write. */
export async function* failing(bench: Bench, lines: readonly CommandLine[], how: Failure): AsyncGenerator<Run> {
  for (const { args, reads, writes } of lines) {
    const points = [
      ...(reads ? [[reads, 'reads', 3] as const] : []),
      ...(writes ? ([0, 4] as const).map((after) => [writes, 'writes', after] as const) : []),
    ]
    for (const [side, which, after] of points) {
      if (writes) await bench.database.load('planted')
      bench.proxies[side].fail(how, which, after)
      yield await runWith(bench, args)
      bench.proxies[side].fail(undefined)
    }
  }
}

/** Expects that no run said or wrote a secret, and none crashed. Returns the runs. */
export async function expectSilence(runs: AsyncIterable<Run>): Promise<Run[]> {
  const all: Run[] = []
  const faults: string[] = []
  for await (const run of runs) {
    all.push(run)
    const { args, exit, leaks, told } = run
    if (leaks.length > 0)
      faults.push(`${args.join(' ')} leaks ${JSON.stringify(leaks)}\n${JSON.stringify(told).slice(0, 6000)}`)
    if (exit === -1) faults.push(`${args.join(' ')} crashed: ${told.err}`)
  }
  expect(faults.join('\n\n')).toBe('')
  return all
}
