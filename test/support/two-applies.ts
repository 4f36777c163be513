import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PrefectServer } from '../servers/servers.ts'
import { newHome, type Ran, runCli } from './cli.ts'
import { plainHttp, type Row } from './plain-http.ts'

/** What two applies at one time left, and what is wrong with it. */
export interface Round {
  readonly exits: readonly (number | null)[]
  readonly faults: readonly string[]
}

const document = (kind: string, key: string, spec: object, refs?: object) =>
  `---\n${JSON.stringify({ kind, key, ...(refs ? { refs } : {}), spec })}\n`
const trigger = { type: 'event', posture: 'Reactive', expect: ['a'], threshold: 1, within: 0 }
const automation = (key: string, description: string, n = 0) =>
  document('automation', key, {
    ...{ description, enabled: true, trigger: { ...trigger, threshold: n + 1 }, actions: [{ type: 'do-nothing' }] },
  })

/** A snapshot whose names begin with `name`; the content says `by` where two snapshots differ. */
function snapshotOf(name: string, by: string): string {
  const parts = ['kind: snapshot\nversion: 1\n']
  for (let n = 0; n < 4; n++) parts.push(document('variable', `${name}_${n}`, { value: by }))
  for (let n = 0; n < 4; n++) parts.push(automation(`${name} alarm ${n}`, by))
  // Three of one name, each of its own content.
  for (let n = 0; n < 3; n++) parts.push(automation(`${name} twin#0000000${n}`, by, n))
  parts.push(document('flow', name, { tags: [by] }))
  parts.push(document('deployment', `${name}/prod`, { paused: true, description: by }, { flow: `flow/${name}` }))
  parts.push(document('tag-concurrency-limit', name, { concurrency_limit: by.length }))
  return parts.join('')
}

/**
 * Two processes apply at one time, the second one `offsetMs` after the first: the same snapshot, or two with other content under
 * the same names. Compares the result by plain HTTP with what both snapshots say.
 */
export async function applyTwice(
  server: PrefectServer,
  { name, offsetMs, same }: { readonly name: string; readonly offsetMs: number; readonly same: boolean },
): Promise<Round> {
  const home = newHome()
  const contents = same ? ['one', 'one'] : ['one', 'another']
  const files = contents.map((by, index) => {
    const file = join(home, `${name}-${index}.yaml`)
    writeFileSync(file, snapshotOf(name, by))
    return file
  })
  const apply = (file: string) =>
    runCli(['apply', file, '--api-url', server.url, '--yes', '-f', 'json'], { env: { HOME: home }, cwd: home })
  const [file, other = ''] = files
  const second = sleep(offsetMs).then(() => apply(other))
  const ran = [await apply(file ?? ''), await second]
  const faults = [...(await faultsOf(server.url, name, contents)), ...ran.flatMap((one) => faultsOfRun(one, same))]
  if (same && ran.every(({ exit }) => exit === 0 || exit === 6)) {
    const again = await apply(file ?? '')
    const { outcomes } = JSON.parse(again.stdout) as { outcomes: readonly Row[] }
    if (again.exit !== 0) faults.push(`a third apply ends with ${again.exit}: ${again.stderr}`)
    if (ran.every(({ exit }) => exit === 0) && outcomes.length > 0)
      faults.push(`a third apply writes ${JSON.stringify(outcomes.map(({ id }) => id))}`)
    faults.push(...(await faultsOf(server.url, name, contents)).map((fault) => `after a third apply: ${fault}`))
  }
  return { exits: ran.map(({ exit }) => exit), faults }
}

/**
 * What is wrong with a run. If the other one began later and planned to change what this one had written, this one reads back
 * something else than it has sent.
 */
function faultsOfRun({ exit, stdout, stderr }: Ran, same: boolean): string[] {
  if (exit !== 0 && exit !== 6 && (same || exit !== 5)) return [`exit ${exit}: ${stderr}`]
  const { outcomes } = JSON.parse(stdout) as {
    outcomes: readonly { id: string; status: string; because?: string; issue?: { code: string } }[]
  }
  return outcomes.flatMap(({ id, status, because, issue }) =>
    status === 'done' ||
    (status === 'not-converged' && !same) ||
    because !== undefined ||
    issue?.code === 'changed-meanwhile'
      ? []
      : [`${id}: ${status} ${JSON.stringify(issue)}`],
  )
}

/** What the server has otherwise than one of the two snapshots says, or twice. */
async function faultsOf(url: string, name: string, contents: readonly string[]): Promise<string[]> {
  const http = plainHttp(url)
  const named = (row: Row) => String(row.name).startsWith(name)
  const automations = (await http.list('/automations/filter', { sort: 'CREATED_DESC' })).filter(named)
  const counts = new Map<string, number>()
  for (const row of automations) counts.set(String(row.name), (counts.get(String(row.name)) ?? 0) + 1)
  const expected = new Map([...Array(4).keys()].map((n): [string, number] => [`${name} alarm ${n}`, 1]))
  expected.set(`${name} twin`, 3)
  const faults: string[] = []
  for (const [key, count] of expected) {
    const found = counts.get(key) ?? 0
    const isSame = new Set(contents).size === 1
    if (found > count) faults.push(`${found} automations ${key}`)
    if (isSame && found < count) faults.push(`only ${found} automations ${key}`)
  }
  const contentsOf = automations.map(({ name, description, trigger }) =>
    JSON.stringify({ name, description, trigger: { ...(trigger as Row), id: 0 } }),
  )
  if (new Set(contentsOf).size < contentsOf.length) faults.push('two automations with the same content')
  const variables = (await http.list('/variables/filter', {})).filter(named)
  if (variables.length !== 4) faults.push(`${variables.length} variables`)
  for (const { value } of variables) if (!contents.includes(String(value))) faults.push(`a variable with ${value}`)
  return faults
}

/** A number from 0 up to 1 that a seed and a place determine. */
export function fraction(seed: string, ...place: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...place].join('\n'))
    .digest()
  return digest.readUInt32BE(0) / 2 ** 32
}
