import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { isBoolean, isText, isTexts, oneOf, type Shape } from '../json/shape.ts'
import { isObject, type Json, type JsonObject, own, parseJson, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Server } from '../model.ts'
import { parseSaved, type Saved, savedPlan, staleness } from '../plan/saved-plan.ts'
import { readStart, readText } from '../read-file.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import type { Selection } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { type Parsed, parseSnapshot, refuseFaults } from '../snapshot/parse.ts'
import { writeText } from '../store/files.ts'
import { refuseOtherFile } from '../store/overwrite-guard.ts'
import type { PlanRequest, PlanRules, PreparedPlan } from './make-plan.ts'

/** The part of a request that determines a plan. The server and the sources of secrets are given again to apply it. */
export type SavedRequest = Pick<PlanRequest, 'snapshot'> & Selection & PlanRules

/** A saved plan, with its snapshot read again. */
export interface LoadedPlan {
  readonly saved: Saved
  readonly parsed: Parsed
  readonly request: SavedRequest
}

/** Checks the type of each property of a saved request. */
const savedParts: Readonly<Record<keyof SavedRequest, Shape>> = {
  snapshot: isText,
  include: isTexts,
  exclude: isTexts,
  tag: isTexts,
  kind: isTexts,
  dependents: isBoolean,
  dependencies: isBoolean,
  allowUnresolved: isBoolean,
  skipUnsupported: isBoolean,
  prune: isBoolean,
  overrideChangeLimit: isBoolean,
  raiseChangeLimit: isTexts,
  activation: oneOf('snapshot', 'paused', 'keep'),
}

/** Writes a plan for a later apply: its snapshot, its request, and the state of the server. */
export async function savePlan(
  path: string,
  { plan, live, fullSnapshot }: PreparedPlan,
  request: PlanRequest,
  context: Context,
): Promise<void> {
  if (hasPlain(fullSnapshot)) throw hasPlainSecrets()
  const savedEntries = Object.entries(request).filter(([name, value]) => name in savedParts && value !== undefined)
  const savedRequest = Object.fromEntries(savedEntries) as JsonObject
  const saved = savedPlan(plan, live, {
    tool: context.version,
    request: savedRequest,
    snapshot: formatSnapshot(fullSnapshot),
  })
  refuseOtherFile({ path: resolve(context.cwd, path), name: path }, 'a saved plan', isPlanText)
  await writeText(path, `${writeJson(saved, 2)}\n`, context)
}

function hasPlainSecrets(): Failure {
  const message = 'The snapshot holds secrets in clear text, which a saved plan must not.'
  const fix = 'Apply the snapshot itself, or export it with placeholders.'
  return new Failure([{ code: 'invalid-secret', severity: 'error', message, fix }])
}

/** Whether a file begins like a plan or a report of this tool. A snapshot may also be JSON or begin with a brace. */
export function isSavedPlan(path: string, { cwd }: Pick<Context, 'cwd'>): boolean {
  if (path === '-' || path.startsWith('git:')) return false
  return isPlanText(readStart(resolve(cwd, path), 1000))
}

function isPlanText(start: Buffer): boolean {
  return /^\s*\{\s*"(schema"\s*:\s*"prefect-snapshot\/|before"\s*:)/.test(start.toString('utf8'))
}

/** Reads a saved plan. Throws `Failure` if it is invalid. */
export async function loadSavedPlan(path: string, { kinds, cwd }: Context): Promise<LoadedPlan> {
  const saved = parseSaved(path, readJson(path, readText(resolve(cwd, path), 'saved plan', path)))
  const request = requestOf(path, saved.request)
  const parsed = parseSnapshot([{ file: request.snapshot, text: saved.snapshot }], kinds)
  refuseFaults(parsed)
  return { saved, parsed, request }
}

function requestOf(path: string, value: Json): SavedRequest {
  const entries = isObject(value) ? Object.entries(value) : []
  const bad = entries.filter(([name, part]) => !own(savedParts, name)?.(part))
  if (!isObject(value) || value.snapshot === undefined || bad.length > 0) {
    const names = bad.map(([name]) => name).join(', ')
    const message = `${path} is damaged: its request is not one that this version writes${names && ` (${names})`}.`
    throw new Failure([{ code: 'invalid-plan', severity: 'error', message, fix: 'Create the plan again.' }])
  }
  return value as unknown as SavedRequest
}

function readJson(path: string, text: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    const message = `${path} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`
    throw new Failure([{ code: 'invalid-plan', severity: 'error', message }])
  }
}

/** Throws `Failure` if the plan is for another server, or if the server has changed since it was made. */
export function refuseStale(
  { saved }: Pick<LoadedPlan, 'saved'>,
  { plan, live, to }: PreparedPlan,
  kinds: readonly Kind[],
): void {
  const isSame = to.server.url === saved.server.url
  const issues = isSame ? staleness(saved, plan, live, kinds) : [otherServer(saved.server, to.server)]
  if (issues.length > 0) throw new Failure(issues)
}

function otherServer(planned: Server, server: Server): Issue {
  return {
    code: 'stale-plan',
    severity: 'error',
    message: `The plan was made for ${planned.url}, not for ${server.url}.`,
    fix: 'Pass the profile that the plan was made with.',
  }
}
