import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { newHome, writeProfiles } from './cli.ts'
import { command, type Told } from './command.ts'
import { type Hostile, hostile } from './hostile-answers.ts'
import { type RecordedServer, recordedServer } from './recorded-server.ts'

/** A command that reads a server: its words, and its exit codes where an answer is wrong, besides that of the answer. */
export interface Run {
  readonly name: string
  readonly args: readonly string[]
  readonly also?: readonly number[]
}

const yes = '--yes'

/** Every command that reads a server, in a directory that `openWorld` has prepared. */
export const runs: readonly Run[] = [
  { name: 'export', args: ['export', '-o', 'new.snapshot.yaml'] },
  { name: 'export over a file', args: ['export', '-o', 'good.snapshot.yaml', '--overwrite'] },
  { name: 'export over a directory', args: ['export', '-o', 'folder', '--overwrite'] },
  { name: 'export --update', args: ['export', '-o', 'good.snapshot.yaml', '--update'] },
  { name: 'export --update of a directory', args: ['export', '-o', 'folder', '--update'] },
  { name: 'export --check', args: ['export', '-o', 'good.snapshot.yaml', '--check'] },
  { name: 'backup --keep 1', args: ['backup', 'backups', '--keep', '1'] },
  { name: 'plan', args: ['plan', 'changed.snapshot.yaml'] },
  { name: 'plan --prune', args: ['plan', 'changed.snapshot.yaml', '--prune'] },
  { name: 'apply', args: ['apply', 'changed.snapshot.yaml', yes] },
  { name: 'apply --prune', args: ['apply', 'changed.snapshot.yaml', '--prune', yes] },
  { name: 'apply of a saved plan', args: ['apply', 'plan.json', yes] },
  { name: 'restore --prune', args: ['restore', 'backups', '--prune', yes] },
  { name: 'restore --drill', args: ['restore', 'backups', '--drill', '--profile', 'hostile', yes] },
  { name: 'verify', args: ['verify', 'good.snapshot.yaml'] },
  { name: 'pause', args: ['pause', 'good.snapshot.yaml', yes] },
  { name: 'undo', args: ['undo', 'journal.ndjson', yes] },
  { name: 'diff', args: ['diff', 'good.snapshot.yaml', 'profile:hostile'] },
  { name: 'transfer from it', args: ['transfer', '--from', 'hostile', '--to', 'empty', yes] },
  { name: 'transfer to it', args: ['transfer', '--from', 'good', '--to', 'hostile', yes] },
  { name: 'doctor', args: ['doctor', '--to', 'hostile'], also: [1] },
]

/** A hostile server, others beside it, and a directory with files that belong to it. */
export interface World {
  readonly server: RecordedServer
  readonly home: string
  /** Runs a command line; without `--profile` it uses the hostile server. */
  go(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Told>
  /** The files of the directory, each with a digest. */
  files(): Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Starts the servers, and makes the files with good answers. */
export async function openWorld(): Promise<World> {
  const [server, good, empty] = await Promise.all([recordedServer(), recordedServer(), recordedServer({ empty: true })])
  const home = newHome()
  writeProfiles(home, { hostile: server.url, good: good.url, empty: empty.url })
  const base = { HOME: home, PREFECT_HOME: home }
  const go = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    command(args, { ...base, ...(args.includes('hostile') ? {} : { PREFECT_API_URL: server.url }), ...env }, home)
  const must = async (...args: readonly string[]) => {
    const told = await go(args)
    if (told.exit !== 0) throw new Error(`${args.join(' ')}: ${told.exit} ${told.err} ${JSON.stringify(told.issues)}`)
  }
  await must('export', '-o', 'good.snapshot.yaml')
  await must('export', '-o', 'folder/')
  await must('backup', 'backups')
  const before = readFileSync(join(home, 'good.snapshot.yaml'), 'utf8')
  const changed = before.replace('description: Retries after failures', 'description: Changed')
  writeFileSync(join(home, 'changed.snapshot.yaml'), `${changed}${newResources}`)
  await go(['plan', 'changed.snapshot.yaml', '--out', 'plan.json'])
  // The journal of an apply that is taken back at once, so that the servers are as they were.
  await must('apply', 'changed.snapshot.yaml', yes, '--journal', 'journal.ndjson')
  const journal = readFileSync(join(home, 'journal.ndjson'))
  await must('undo', 'journal.ndjson', yes)
  writeFileSync(join(home, 'journal.ndjson'), journal)
  return {
    server,
    home,
    go,
    files: () => digests(home),
    close: async () => void (await Promise.all([server.close(), good.close(), empty.close()])),
  }
}

const newResources = `---
kind: variable
key: brand_new
spec: {value: 1}
---
kind: automation
key: brand new
spec:
  trigger: {type: event, posture: Reactive, expect: [x.y], threshold: 1, within: 0}
  actions: [{type: do-nothing}]
`

function digests(home: string): Record<string, string> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(
    paths.map((path) => [path.slice(home.length + 1), createHash('sha1').update(readFileSync(path)).digest('hex')]),
  )
}

/**
 * Runs a command against a server that is hostile in one way: it ends with the exit code of the case and a sentence, and
 * neither a file nor the server is changed. Returns false if the command made no such request.
 */
export async function checkRun(world: World, row: Hostile, run: Run): Promise<boolean> {
  const before = world.files()
  // Requests of the run before may still be on their way.
  await world.server.idle()
  const { decide, hits } = hostile(row)
  world.server.clear()
  world.server.lie(decide)
  const told = await world.go(run.args, row.env).finally(() => world.server.lie(undefined))
  if (hits() === 0) return false
  const said = `${told.err}\n${told.out}\n${told.issues.map(({ message }) => message).join('\n')}`
  expect([row.exit, ...(run.also ?? [])], `${said.slice(-1500)}`).toContain(told.exit)
  expect(said).toMatch(row.says)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(told.issues.map(({ code }) => code)).not.toContain('bug')
  expect(world.server.writes()).toEqual([])
  expect(world.files()).toEqual(before)
  return true
}
