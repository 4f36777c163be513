import type { Io } from '../commands/io.ts'
import { Failure, type Issue } from '../issue.ts'
import { isObject, type Json, parseJson, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Server } from '../model.ts'
import { parseSaved, type Saved, savedPlan, staleness } from '../plan/saved-plan.ts'
import { readStart, readText } from '../read-file.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { type Parsed, parseSnapshot } from '../snapshot/parse.ts'
import { writeText } from '../store/files.ts'
import type { Connected } from './connect.ts'
import type { PlanFlags, PreparedPlan } from './make-plan.ts'

/** A saved plan, with its snapshot read again. */
export interface LoadedPlan {
  readonly saved: Saved
  readonly parsed: Parsed
  readonly flags: PlanFlags
  readonly kinds: readonly Kind[]
}

/** The flags that decide what a plan is. */
const kept = [
  'allowUnresolved',
  'skipUnsupported',
  'prune',
  'overrideChangeLimit',
  'activation',
  'include',
  'exclude',
  'tag',
  'kind',
  'dependents',
  'dependencies',
  'snapshot',
] as const satisfies readonly (keyof PlanFlags)[]

/** Writes a plan for a later `apply`: what it is of, what it was made by, and what the server held. */
export async function savePlan(
  path: string,
  { plan, live, whole }: PreparedPlan,
  flags: PlanFlags,
  context: Io,
): Promise<void> {
  if (hasPlain(whole)) {
    const message = 'the snapshot holds secrets in clear, and a saved plan must not'
    throw new Failure([
      {
        code: 'bad-secret',
        severity: 'error',
        message,
        fix: 'Apply the snapshot itself, or export it with placeholders',
      },
    ])
  }
  const made = Object.fromEntries(kept.map((name) => [name, flags[name]])) as unknown as Json
  const text = writeJson(
    savedPlan(plan, live, { tool: context.version, flags: made, snapshot: formatSnapshot(whole) }),
    2,
  )
  await writeText(path, `${text}\n`)
  context.err(`Saved the plan as ${path}. To apply just this: prefect-snapshot apply ${path}\n`)
}

/** Whether a file is a saved plan: JSON that does not begin like a document of a snapshot, which may be JSON too. */
export async function isSavedPlan(path: string): Promise<boolean> {
  if (path === '-') return false
  const text = readStart(path, 1000).toString('utf8').trimStart()
  return text.startsWith('{') && !/^\{\s*"kind"/.test(text)
}

export async function loadSavedPlan(path: string, kinds: readonly Kind[], _io: Io): Promise<LoadedPlan> {
  const saved = parseSaved(path, readJson(path, readText(path, 'saved plan')))
  const flags = (isObject(saved.flags) ? saved.flags : {}) as unknown as PlanFlags
  const parsed = parseSnapshot([{ file: flags.snapshot, text: saved.snapshot }], kinds)
  const errors = parsed.issues.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Failure(errors)
  return { saved, parsed, flags, kinds }
}

function readJson(path: string, text: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    const message = `${path} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`
    throw new Failure([{ code: 'bad-plan', severity: 'error', message }])
  }
}

/** Stops (exit 6) where the server is not the one, or no longer as it was, when the plan was made. */
export function refuseStale({ saved, kinds }: LoadedPlan, { plan, live }: PreparedPlan, { server }: Connected): void {
  const issues =
    server.url === saved.server.url ? staleness(saved, plan, live, kinds) : [otherServer(saved.server, server)]
  if (issues.length > 0) throw new Failure(issues)
}

function otherServer(planned: Server, server: Server): Issue {
  return {
    code: 'stale',
    severity: 'error',
    message: `the plan was made for ${planned.url}, and this is ${server.url}`,
    fix: 'Name the profile that the plan was made with',
  }
}
