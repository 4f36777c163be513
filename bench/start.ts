import { join } from 'node:path'
import { type Bench, judged, median, plain } from './bench.ts'
import { inDirectory } from './servers.ts'
import { bin, type Ran, runNode } from './tool.ts'
import { flowsAndDeployments, writeSnapshotOf } from './worlds.ts'

/** The time that starting the tool adds to starting Node. */
export const start: Bench = {
  name: 'start',
  about: 'time that starting the tool adds to starting Node (median, alternating)',
  async run({ small }) {
    return inDirectory(async (dir) => {
      const file = join(dir, 'small.snapshot.yaml')
      writeSnapshotOf(flowsAndDeployments(5), file)
      const commands = {
        node: ['-e', '0'],
        version: [bin, '--version'],
        help: [bin, '--help'],
        validate: [bin, 'validate', file],
      }
      const times = new Map<string, number[]>()
      for (let round = 0; round < (small ? 1 : 15); round++)
        for (const [name, args] of Object.entries(commands)) {
          const { ms } = ended(await runNode(args), args)
          times.set(name, [...(times.get(name) ?? []), ms])
        }
      const of = (name: string) => median(times.get(name) ?? [])
      const over = (name: string) => of(name) - of('node')
      return [
        plain('node -e 0', `${of('node').toFixed(0)} ms`),
        judged('--version, added to node', over('version'), { most: 80 }, ' ms'),
        judged('--help, added to node', over('help'), { most: 150 }, ' ms'),
        judged('validate of a small file, added to node', over('validate'), { most: 150 }, ' ms'),
      ]
    })
  },
}

function ended(ran: Ran, args: readonly string[]): Ran {
  if (ran.exit !== 0) throw new Error(`node ${args.join(' ')} exited with ${ran.exit}: ${ran.text}`)
  return ran
}
