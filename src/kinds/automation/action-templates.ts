import { type TemplateFault, templateFault } from '../../jinja/template-fault.ts'
import { isObject, type Json, type JsonObject, own, type Pointer, step, writeJson } from '../../json.ts'
import type { Finding } from '../../kind.ts'

type Problem = Omit<Finding, 'pointer'> & { readonly at: string }

const templates: Readonly<Record<string, readonly string[]>> = {
  'send-notification': ['subject', 'body'],
  'call-webhook': ['payload'],
}
const fix = 'Correct the template; Jinja documents its syntax at https://jinja.palletsprojects.com/templates/.'

/** What is wrong with the texts of a notification or a webhook. A payload that is no text is written as JSON. */
export function* templateProblems(action: JsonObject, type: string): Generator<Problem> {
  for (const at of own(templates, type) ?? []) {
    const { [at]: value = null } = action
    if (value === null) continue
    if (typeof value !== 'string' && at !== 'payload')
      yield { at, problem: `the ${at} ${writeJson(value)}, which is no text`, fix: 'Put it in quotes.' }
    else {
      const fault = templateFault(typeof value === 'string' ? value : writeJson(value, 2))
      if (fault) yield { at, problem: `the template: ${reasonOf(fault)}`, fix }
    }
  }
}

function reasonOf({ reason, line }: TemplateFault): string {
  return line === undefined ? reason : `in its line ${line}, ${reason}`
}

/** What becomes of a value, or why there is none; without both, it is known only when the flow runs. */
type Hydrated = { readonly fault: string; readonly fix: string } | { readonly fault?: undefined; readonly value?: Json }

const kindName = '__prefect_kind'

/**
 * What is wrong with parameters. Prefect looks at objects and the texts in them, but not at what is in lists; where an object
 * has a kind, only at what the kind says.
 */
export function* parameterFindings(value: JsonObject, pointer: Pointer, isKind = false): Generator<Finding> {
  if (Object.hasOwn(value, kindName)) {
    const hydrated = hydrate(value)
    if (hydrated.fault !== undefined) yield { pointer, problem: hydrated.fault, fix: hydrated.fix }
    else if (isObject(hydrated.value)) yield* parameterFindings(hydrated.value, pointer, true)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    const at = step(pointer, name)
    if (isObject(item)) yield* parameterFindings(item, at, isKind)
    else if (typeof item === 'string' && !isKind && /\{\{|\{%/.test(item)) yield* textFindings(item, at)
  }
}

/** Newer servers put a text that is one expression into another one, in which a sign for white space is an operator. */
function* textFindings(text: string, pointer: Pointer): Generator<Finding> {
  const fault = templateFault(text)
  const inner = /^\{\{((?:(?!\{\{).)*)\}\}$/s.exec(text.trim())?.[1]
  if (fault) yield { pointer, problem: `the template: ${reasonOf(fault)}`, fix }
  else if (inner !== undefined && templateFault(`{{ ${inner.trim()} | tojson }}`))
    yield {
      pointer,
      problem: `the template ${JSON.stringify(text)}, because newer servers add "| tojson" to what is between "{{" and "}}"`,
      fix: 'Remove the signs for white space after "{{" and before "}}".',
      severity: 'warning',
    }
}

function hydrate(value: Json): Hydrated {
  if (!isObject(value) || !Object.hasOwn(value, kindName)) return { value }
  switch (value[kindName]) {
    case 'none':
      return value.value === undefined ? lacks('none', 'value') : hydrate(value.value)
    case 'json':
      return value.value === undefined ? {} : fromJson(value.value)
    case 'jinja':
      return value.template === undefined ? lacks('jinja', 'template') : fromTemplate(value.template)
    case 'workspace_variable': {
      const name = hydrate(value.variable_name ?? null)
      return name.fault === undefined ? {} : name
    }
    default:
      return {}
  }
}

function lacks(kind: string, field: string): Hydrated {
  return { fault: `an object with ${kindName}: ${kind}, but without ${field}`, fix: `Add ${field}.` }
}

function fromTemplate(template: Json): Hydrated {
  const text = hydrate(template)
  if (text.fault !== undefined) return text
  const fault = typeof text.value === 'string' ? templateFault(text.value) : undefined
  return fault ? { fault: `the template: ${reasonOf(fault)}`, fix } : {}
}

function fromJson(value: Json): Hydrated {
  const text = hydrate(value)
  if (text.fault !== undefined || typeof text.value !== 'string') return text
  try {
    return { value: JSON.parse(text.value) as Json }
  } catch {
    // Python also reads these.
    if (/NaN|Infinity/.test(text.value)) return {}
    return { fault: `an object with ${kindName}: json, whose value is no JSON`, fix: 'Correct the JSON in the text.' }
  }
}
