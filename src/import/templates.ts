import { isExact } from '../json/number.ts'
import { define, isObject, type Json, type JsonObject, own } from '../json.ts'

/*
 * Templates as Prefect's `apply_values` fills them (utilities/templating): first from the environment, then from the
 * outputs of build and push steps. Blocks and variables are left to the server that the runs start on.
 */

const placeholder = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/gu
const lone = /^\{\{\s*([\w.\-[\]$]+)\s*\}\}$/u

/** What a template is filled from. */
export interface Fill {
  /** The value of a name; undefined if there is none. */
  readonly lookUp: (name: string) => Json | undefined
  /** Names that stay as they are. */
  readonly stays: (name: string) => boolean
  /** A name without a value: it stays as it is, or its value, or the text that has only it, is removed. */
  readonly missing: 'stays' | 'is-removed'
}

/** The names of the templates in a value, in order. */
export function namesIn(value: Json): string[] {
  if (typeof value === 'string') return [...value.matchAll(placeholder)].map(([, name = '']) => name)
  if (Array.isArray(value)) return value.flatMap(namesIn)
  return isObject(value) ? Object.values(value).flatMap(namesIn) : []
}

/** Whether Prefect looks a name up on the server. */
export function isServerName(name: string): boolean {
  return name.startsWith('prefect.blocks.') || name.startsWith('prefect.variables.')
}

/** Fills the templates of a value; undefined if it is removed. */
export function fillTemplates(value: Json, fill: Fill): Json | undefined {
  if (typeof value === 'string') return fillText(value, fill)
  if (Array.isArray(value))
    return value.flatMap((item: Json) => {
      const filled = fillTemplates(item, fill)
      return filled === undefined ? [] : [filled]
    })
  return isObject(value) ? fillObject(value, fill) : value
}

function fillObject(value: JsonObject, fill: Fill): JsonObject {
  const out: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    const filled = fillTemplates(item, fill)
    if (filled !== undefined) define(out, key, filled)
  }
  return out
}

function fillText(text: string, { lookUp, stays, missing }: Fill): Json | undefined {
  const [, only] = lone.exec(text) ?? []
  if (only !== undefined && !only.startsWith('$') && !isServerName(only)) {
    if (stays(only)) return text
    return lookUp(only) ?? (missing === 'stays' ? text : undefined)
  }
  return text.replace(placeholder, (whole, name: string) => {
    if (isServerName(name) || stays(name)) return whole
    const value = lookUp(name)
    return value === undefined ? (missing === 'stays' ? whole : '') : pythonText(value)
  })
}

/** A value as Python's `str` prints it. */
function pythonText(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value === null ? 'None' : isExact(value) ? value.value : String(value)
}

/** The value of a name in the environment. As in Prefect, `$` before it is optional for a name without dots. */
export function environmentValue(env: Readonly<Record<string, string | undefined>>): Fill['lookUp'] {
  return (name) => (name.startsWith('$') || !/[.[]/.test(name) ? own(env, name.replace(/^\$+/, '')) : undefined)
}
