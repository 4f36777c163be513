import { isObject, type Json, type JsonObject, own, type Pointer, step } from '../../json.ts'
import type { Faults } from '../issues.ts'
import type { ImportInput } from '../reader.ts'
import { environmentValue, fillTemplates, isServerName, namesIn } from '../templates.ts'
import type { PullSteps } from './pull-steps.ts'

/** What the templates of a deployment are filled from. */
export interface FillAround {
  /** Whether a name may be an output of a build or push step, which is not known here. */
  readonly mayKnow: (name: string) => boolean
  readonly input: ImportInput
  readonly faults: Faults
}

/** Which names may be outputs of steps: those of a step with an id, `build-image.tag`, and those without a dot of any step. */
export function outputsIn(steps: readonly JsonObject[]): FillAround['mayKnow'] {
  const ids = new Set(
    steps.flatMap((each) => Object.values(each)).map((inputs) => (isObject(inputs) ? inputs.id : undefined)),
  )
  return (name) => {
    const [first = '', ...rest] = name.split(/[.[]/)
    return rest.length > 0 ? ids.has(first) : steps.length > 0
  }
}

/** Fills templates that `prefect deploy` fills after its build and push steps. What is not known stays, with a warning. */
export function fillConfig(config: JsonObject, pointer: Pointer, around: FillAround): JsonObject {
  return Object.fromEntries(
    Object.entries(config).flatMap(([name, value]): [string, Json][] => {
      if (name === 'pull' || name === 'build' || name === 'push') return [[name, value]]
      const filled = fillValue(value, step(pointer, name), around)
      return filled === undefined ? [] : [[name, filled]]
    }),
  )
}

/**
 * What the last pass of a deploy replaces by nothing, since no environment has it: `{{{{ $LITERAL_BRACES }} name }}` is how a
 * prefect.yaml of `export --as` says that the server has `{{ name }}`.
 */
const literalBraces = '$LITERAL_BRACES'

/** Fills one value, and warns about each name in it that has no value. */
function fillValue(value: Json, pointer: Pointer, { mayKnow, input, faults }: FillAround): Json | undefined {
  const outputs = input.outputs ?? {}
  const lookUp = (name: string) => (name === literalBraces ? '' : own(outputs, name))
  const isKept = (name: string) =>
    name !== literalBraces && (name.startsWith('$') || (mayKnow(name) && lookUp(name) === undefined))
  walk(value, pointer, (name, at) => {
    if (isServerName(name) || name.startsWith('ctx.') || lookUp(name) !== undefined) return
    warnOpen(name, at, { mayKnow, faults })
  })
  return fillTemplates(value, {
    lookUp,
    stays: (name) => name.startsWith('ctx.') || isKept(name),
    missing: 'is-removed',
  })
}

function warnOpen(name: string, at: Pointer, { mayKnow, faults }: Pick<FillAround, 'mayKnow' | 'faults'>): void {
  if (name.startsWith('$')) {
    const fix = `Set ${name.replace(/^\$+/, '')} in the environment.`
    faults.warn(
      'unresolved-template',
      `The environment has no ${name.replace(/^\$+/, '')}, so {{ ${name} }} stays in the text.`,
      at,
      fix,
    )
  } else if (mayKnow(name)) {
    const fix = `Pass its value with --output-of ${name}=VALUE, or set the field in an overlay.`
    faults.warn(
      'unresolved-template',
      `{{ ${name} }} is an output of a build or push step, which import does not run. It stays in the text.`,
      at,
      fix,
    )
  } else {
    faults.warn(
      'unresolved-template',
      `Nothing gives {{ ${name} }} a value, so Prefect leaves the value out.`,
      at,
      'Correct the name.',
    )
  }
}

/** Calls `found` with each template of a value, and its pointer. */
function walk(value: Json, pointer: Pointer, found: (name: string, pointer: Pointer) => void): void {
  if (typeof value === 'string') for (const name of namesIn(value)) found(name, pointer)
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, step(pointer, index), found)
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) walk(item, step(pointer, key), found)
}

/** Fills pull steps: environment variables, and outputs of build steps. The rest is filled when a worker runs them. */
export function fillPullSteps({ steps, pointer }: PullSteps, input: ImportInput, faults: Faults): Json {
  const env = environmentValue(input.env)
  const outputs = input.outputs ?? {}
  const lookUp = (name: string) => (name.startsWith('$') ? env(name) : own(outputs, name))
  walk([...steps], pointer, (name, at) => {
    if (name.startsWith('$') && env(name) === undefined) warnOpen(name, at, { mayKnow: () => false, faults })
  })
  return fillTemplates([...steps], { lookUp, stays: () => false, missing: 'stays' }) ?? []
}

/** Fills triggers except their parameters, which may have templates of the event. */
export function fillTriggers(triggers: Json | undefined, pointer: Pointer, around: FillAround): readonly JsonObject[] {
  return (Array.isArray(triggers) ? triggers : []).filter(isObject).map((trigger, index) => {
    const { parameters, ...rest } = trigger
    const filled = fillConfig(rest, step(pointer, index), around)
    return parameters === undefined || parameters === null ? filled : { ...filled, parameters }
  })
}

/** Refuses templates without a value in what identifies a deployment. Returns whether there are some. */
export function refuseOpen(values: JsonObject, pointer: Pointer, faults: Faults): boolean {
  let isOpen = false
  for (const [path, value] of Object.entries(values)) {
    const [name] = namesIn(value)
    if (name === undefined) continue
    isOpen = true
    const fix = name.startsWith('$')
      ? `Set ${name.replace(/^\$+/, '')} in the environment.`
      : isServerName(name)
        ? 'Write the value into the file: only a server knows it.'
        : 'Write the value into the file, or put it into the environment.'
    const what = path.replace('work_pool/name', 'work pool').replace('name', 'name of the deployment')
    faults.error(
      'unresolved-template',
      `The ${what} needs {{ ${name} }}, which has no value here.`,
      `${pointer}/${path}`,
      fix,
    )
  }
  return isOpen
}
