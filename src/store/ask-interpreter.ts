import { kill, platform } from 'node:process'
import type { Context } from '../context.ts'
import type { FlowAnswer } from '../import/reader.ts'
import { Failure } from '../issue.ts'
import { isObject, type Json, type JsonObject, parseJson, writeJson } from '../json.ts'
import { flowScript } from './flow-script.ts'

/** How long all flows of a file may take to load. */
const defaultTimeoutMs = 120_000

/** Which interpreter is asked, and where. */
export interface Interpreter {
  /** The program, for example `python3` or `.venv/bin/python`. */
  readonly python: string
  /** The directory that `prefect deploy` would run in: that of the file. */
  readonly folder: string
  readonly timeoutMs?: number
}

/**
 * Asks the Prefect of an interpreter about flows: their names, descriptions, versions and the schemas of their parameters. Runs the
 * code of the flows. Throws `Failure` if the interpreter cannot be used; what is wrong with one flow is in its answer.
 */
export async function askInterpreter(
  entrypoints: readonly string[],
  interpreter: Interpreter,
  context: Pick<Context, 'env'> & Partial<Pick<Context, 'signal'>>,
): Promise<ReadonlyMap<string, FlowAnswer>> {
  const { lines, end } = await run(entrypoints, interpreter, context)
  const [head, ...told] = lines.flatMap((line) => readAnswer(line))
  refuseHead(head, interpreter.python, end)
  return new Map(entrypoints.map((entrypoint, index) => [entrypoint, answerOf(told[index], end)]))
}

interface Ended {
  readonly lines: readonly string[]
  /** Why there are no more lines, as a clause. */
  readonly end: string
}

async function run(
  entrypoints: readonly string[],
  { python, folder, timeoutMs = defaultTimeoutMs }: Interpreter,
  { env, signal }: Pick<Context, 'env'> & Partial<Pick<Context, 'signal'>>,
): Promise<Ended> {
  // Loaded on demand, because few commands need it.
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-W', 'ignore', '-c', flowScript], {
      cwd: folder,
      env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      // A group of its own, so that what the code starts ends with it.
      detached: platform !== 'win32',
    })
    let text = ''
    const finish = (end: string) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      child.stdout.destroy()
      resolve({ lines: text.split('\n').slice(0, -1), end })
    }
    const stop = (end: string) => {
      endGroup(child.pid)
      finish(end)
    }
    const abort = () => stop('was interrupted')
    const timer = setTimeout(() => stop(`did not finish within ${timeoutMs / 1000} s`), timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    child.on('error', ({ message }) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      reject(unusable(`${python} cannot be started: ${message.replace(/^spawn .* /, '')}.`))
    })
    child.on('close', (code, killed) => finish(killed ? `was ended by ${killed}` : `ended with exit code ${code ?? 0}`))
    child.stdin.on('error', () => {})
    child.stdin.end(writeJson([...entrypoints]))
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    kill(platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

function readAnswer(line: string): JsonObject[] {
  try {
    const value = parseJson(line)
    return isObject(value) ? [value] : []
  } catch {
    return []
  }
}

/** Refuses an interpreter without Prefect 3. */
function refuseHead(head: JsonObject | undefined, python: string, end: string): void {
  if (typeof head?.absent === 'string') throw unusable(`${python} cannot import prefect (${head.absent}).`)
  const version = head?.version
  if (typeof version !== 'string') throw unusable(`${python} ${end} before it could import prefect.`)
  if (!version.startsWith('3.'))
    throw unusable(`${python} has Prefect ${version}, and prefect.yaml is read as Prefect 3 reads it.`)
}

function unusable(message: string): Failure {
  const fix =
    'Pass the interpreter of an environment with Prefect 3 and the packages of the flows, such as .venv/bin/python.'
  return new Failure([{ code: 'unusable-interpreter', severity: 'error', message, fix }])
}

/** What was said about one flow. */
function answerOf(told: JsonObject | undefined, end: string): FlowAnswer {
  if (!told) return { fault: `Python ${end}` }
  const { fault, facts, missing } = told
  if (!isObject(facts)) return { fault: reasonOf(fault) }
  const { name, description, version, schema } = facts
  return {
    ...(typeof name === 'string' ? { name } : {}),
    description: typeof description === 'string' ? description : null,
    version: typeof version === 'string' ? version : null,
    ...(isObject(schema) ? { schema } : {}),
    ...(isObject(missing) ? { missing: reasonOf(missing) } : {}),
  }
}

function reasonOf(fault: Json | undefined): string {
  const { reason, place } = isObject(fault) ? fault : {}
  return typeof place === 'string' && place !== '' ? `${String(reason)} (${place})` : String(reason)
}
