import { join } from 'node:path'
import type { Edge } from '../src/graph/edges.ts'
import { orderOf } from '../src/graph/order.ts'
import type { Ref } from '../src/model.ts'
import { type Bench, judged, median, plain, type Row, seconds } from './bench.ts'
import { inDirectory } from './servers.ts'
import { runNode, tool } from './tool.ts'
import { flowsAndDeployments, writeSnapshotOf } from './worlds.ts'

/** Benchmarks without a server: validating large snapshots, and sorting large graphs. */
export const offline: Bench = {
  name: 'offline',
  about: "validate of large snapshots against yaml's own parseAllDocuments, and sorting large graphs",
  async run({ small, say }) {
    const [less, more] = small ? [5, 20] : [1000, 10_000]
    const rounds = small ? 1 : 3
    const first = await validating(less, rounds, say)
    const second = await validating(more, rounds, say)
    return [
      ...first.rows,
      ...second.rows,
      judged(`time to validate, ${more} / ${less}`, second.ms / first.ms, { most: 1.1 * (more / less) }),
      ...ordering(small ? 1000 : 1),
    ]
  },
}

/** Parses a file with the library alone. */
export const parseAll = `
  const { parseAllDocuments } = await import(${JSON.stringify(import.meta.resolve('yaml'))})
  const { readFileSync } = await import('node:fs')
  for (const document of parseAllDocuments(readFileSync(process.argv[1], 'utf8'))) document.toJS()
`

function validating(count: number, rounds: number, say: (line: string) => void): Promise<{ ms: number; rows: Row[] }> {
  return inDirectory(async (dir) => {
    const file = join(dir, 'world.snapshot.yaml')
    writeSnapshotOf(flowsAndDeployments(count), file)
    const times = { yaml: [] as number[], ours: [] as number[], mb: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      const parsed = await runNode(['--input-type=module', '-e', parseAll, '--', file])
      if (parsed.exit !== 0) throw new Error(parsed.text)
      const { ms, peakMb } = await tool(['validate', file])
      times.yaml.push(parsed.ms)
      times.ours.push(ms)
      times.mb.push(peakMb)
    }
    const [yaml, ours] = [median(times.yaml), median(times.ours)]
    say(`${2 * count} documents: yaml ${seconds(yaml)}, validate ${seconds(ours)}`)
    const rows = [
      plain(`${2 * count} documents: validate`, seconds(ours)),
      judged(`${2 * count} documents: validate / parseAllDocuments`, ours / yaml, { most: 0.6 }),
      judged(`${2 * count} documents: peak memory`, Math.max(...times.mb), { most: 300 }, ' MB'),
    ]
    return { ms: ours, rows }
  })
}

/** Graphs in dependency order, as snapshots are, and in the reverse order. */
function ordering(part: number): Row[] {
  const [many, long] = [100_000 / part, 50_000 / part]
  const tenth = (index: number) => index - (index % 10)
  const row = (what: string, ms: number) => judged(`sorting ${what}`, ms, { most: 1000 }, ' ms')
  return [
    row(
      '100,000 resources',
      graphMs(many, (index) => (index % 10 === 0 ? [] : [tenth(index)])),
    ),
    row(
      '100,000 resources, reversed',
      graphMs(many, (index) => (index % 10 === 9 ? [] : [tenth(index) + 9])),
    ),
    row(
      'a chain of 50,000',
      graphMs(long, (index) => (index === 0 ? [] : [index - 1])),
    ),
    row(
      'a chain of 50,000, reversed',
      graphMs(long, (index) => (index === long - 1 ? [] : [index + 1])),
    ),
  ]
}

function graphMs(count: number, needs: (index: number) => readonly number[]): number {
  const ref = (index: number): Ref => `flow/${String(index).padStart(6, '0')}`
  const refs = Array.from({ length: count }, (_, index) => ref(index))
  const edges = refs.flatMap((from, index) =>
    needs(index).map((to): Edge => ({ from, to: ref(to), pointer: '/refs/flow', via: 'field' })),
  )
  const begun = performance.now()
  const order = orderOf(refs, edges)
  const ms = performance.now() - begun
  if (order.refs.length !== count) throw new Error(`${order.refs.length} of ${count} resources are in the order`)
  return ms
}
