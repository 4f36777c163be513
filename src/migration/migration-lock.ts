import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { kill, pid as ownPid } from 'node:process'
import { Failure } from '../issue.ts'
import { isObject, type JsonObject, parseJson, writeJson } from '../json.ts'
import { reasonOf } from '../read-file.ts'

/** Held by a command of a migration that writes, so that no other one writes at the same time. */
export interface MigrationLock {
  release(): void
}

/** The holder of a lock touches its file as often. */
const touchMs = 15_000
/** A holder on another machine that has not touched its file for this time is gone. */
const goneMs = 120_000

/** The locks that this process holds: several commands may run in it. */
const held = new Set<string>()

/**
 * Takes the lock of a migration: a file beside its journal. Throws `Failure` if another command has it. The lock of a command
 * that was killed is taken over: its process is gone, or on another machine its file is not touched any more.
 */
export function lockMigration(journal: string, name: string): MigrationLock {
  const file = `${journal}.lock`
  const token = randomUUID()
  const holder = { token, pid: ownPid, host: hostname(), since: new Date().toISOString() }
  if (!create(file, holder, name)) {
    const other = holderOf(file)
    if (other && isThere(other)) throw locked(name, other)
    if (other) remove(file, other)
    if (!create(file, holder, name)) throw locked(name, holderOf(file))
  }
  held.add(token)
  const timer = setInterval(() => touch(file, token), touchMs)
  timer.unref()
  return {
    release() {
      clearInterval(timer)
      held.delete(token)
      if (holderOf(file)?.token === token) rmSync(file, { force: true })
    },
  }
}

interface Holder {
  readonly token?: string
  readonly pid?: number
  readonly host?: string
  readonly since?: string
  /** Milliseconds since its file was touched. */
  readonly idleMs: number
}

/** Whether the file did not exist and does now. */
function create(file: string, holder: JsonObject, name: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${writeJson(holder)}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    const message = `Cannot write ${name}.lock: ${reasonOf(error)}.`
    const fix = 'Choose another file for the journal with --journal.'
    throw new Failure([{ code: 'unwritable-file', severity: 'error', message, fix }])
  }
}

/** Who has the lock; undefined if nobody has it. A file that says nothing is of somebody, as long as it is new. */
function holderOf(file: string): Holder | undefined {
  try {
    const idleMs = Date.now() - statSync(file).mtimeMs
    return { ...fieldsOf(readFileSync(file, 'utf8')), idleMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function fieldsOf(text: string): Omit<Holder, 'idleMs'> {
  try {
    const value = parseJson(text)
    if (!isObject(value)) return {}
    const { token, pid, host, since } = value
    return {
      ...(typeof token === 'string' ? { token } : {}),
      ...(Number(pid) > 0 ? { pid: Number(pid) } : {}),
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof since === 'string' ? { since } : {}),
    }
  } catch {
    return {}
  }
}

function isThere({ token = '', pid, host, idleMs }: Holder): boolean {
  if (pid === undefined || host !== hostname()) return idleMs < goneMs
  // A container that was started again has the same processes under the same numbers.
  if (pid === ownPid) return held.has(token)
  try {
    kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes the file of a holder that is gone, unless somebody else has just taken its place. */
function remove(file: string, gone: Holder): void {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (holderOf(aside)?.token === gone.token) rmSync(aside, { force: true })
  else renameSync(aside, file)
}

function touch(file: string, token: string): void {
  try {
    if (holderOf(file)?.token === token) utimesSync(file, new Date(), new Date())
  } catch {
    // The next time.
  }
}

function locked(name: string, holder: Holder | undefined): Failure {
  const who = holder?.pid === undefined ? '' : `: process ${holder.pid} on ${holder.host}, since ${holder.since}`
  const message = `Another command of this migration is writing${who}.`
  const fix = `Wait until it has ended, or end it with Ctrl-C. If it does not run any more, delete ${name}.lock.`
  return new Failure([{ code: 'migration-locked', severity: 'error', message, fix }])
}
