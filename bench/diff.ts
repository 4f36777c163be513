import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, judged, median, plain, type Row, seconds } from './bench.ts'
import { parseAll } from './offline.ts'
import { inDirectory } from './servers.ts'
import { runNode, tool } from './tool.ts'
import { flowsAndDeployments, writeSnapshotOf } from './worlds.ts'

/** Two large snapshots that differ in one document. */
export const diff: Bench = {
  name: 'diff',
  about: "diff of two large snapshots with one change, against yaml's own parseAllDocuments over one of them",
  async run({ small, say }) {
    const [less, more] = small ? [5, 20] : [1000, 10_000]
    const rounds = small ? 1 : 3
    const first = await comparing(less, rounds, say)
    const second = await comparing(more, rounds, say)
    const growth = judged(`time of a diff, ${more} / ${less}`, second.ms / first.ms, { most: 1.1 * (more / less) })
    return [...first.rows, ...second.rows, growth]
  },
}

function comparing(count: number, rounds: number, say: (line: string) => void): Promise<{ ms: number; rows: Row[] }> {
  return inDirectory(async (dir) => {
    const [before, after] = [join(dir, 'before.snapshot.yaml'), join(dir, 'after.snapshot.yaml')]
    writeSnapshotOf(flowsAndDeployments(count), before)
    writeFileSync(after, readFileSync(before, 'utf8').replace('batch: 1000', 'batch: 7'))
    const times = { yaml: [] as number[], ours: [] as number[], mb: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      const parsed = await runNode(['--input-type=module', '-e', parseAll, '--', before])
      if (parsed.exit !== 0) throw new Error(parsed.text)
      const { ms, peakMb, text } = await tool(['diff', before, after, '--exit-code'], [2])
      if (!text.includes(`0 created, 1 updated, 0 deleted, ${2 * count - 1} unchanged`)) throw new Error(text)
      times.yaml.push(parsed.ms)
      times.ours.push(ms)
      times.mb.push(peakMb)
    }
    const [yaml, ours] = [median(times.yaml), median(times.ours)]
    say(`${2 * count} documents: yaml ${seconds(yaml)}, diff ${seconds(ours)}`)
    const rows = [
      plain(`${2 * count} documents: diff`, seconds(ours)),
      ...(count >= 10_000 || rounds === 1
        ? [judged(`${2 * count} documents: diff / parseAllDocuments`, ours / yaml, { most: 0.2 })]
        : [plain(`${2 * count} documents: diff / parseAllDocuments`, (ours / yaml).toPrecision(3))]),
      judged(`${2 * count} documents: peak memory`, Math.max(...times.mb), { most: 300 }, ' MB'),
    ]
    return { ms: ours, rows }
  })
}
