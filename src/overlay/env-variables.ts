import { define, isObject, type Json, type Pointer, parseJson, step } from '../json.ts'

/** The environment, as far as overlays may see it. */
export type Variables = Readonly<Record<string, string | undefined>>

export interface VariableFault {
  readonly code: 'missing-variable' | 'invalid-overlay'
  readonly message: string
  readonly fix: string
  readonly pointer: Pointer
}

const variable = /(\$?)\$\{(env|json):([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * A value with its variables filled in: `${env:NAME}` anywhere in a text is the text of the variable; `${json:NAME}` is the
 * whole value, read as JSON. `$${env:NAME}` is written `${env:NAME}`. Keys are left as they are.
 */
export function fillVariables(
  value: Json,
  variables: Variables,
  pointer: Pointer,
): { readonly value: Json; readonly faults: readonly VariableFault[] } {
  const faults: VariableFault[] = []
  const fill = (item: Json, at: Pointer): Json => {
    if (typeof item === 'string') return fillText(item, variables, at, faults)
    if (Array.isArray(item)) return item.map((part, index) => fill(part, step(at, index)))
    if (!isObject(item)) return item
    const out: Record<string, Json> = {}
    for (const [key, part] of Object.entries(item)) define(out, key, fill(part, step(at, key)))
    return out
  }
  return { value: fill(value, pointer), faults }
}

function fillText(text: string, variables: Variables, pointer: Pointer, faults: VariableFault[]): Json {
  const missing = (name: string) =>
    faults.push({
      code: 'missing-variable',
      message: `The variable ${name} is not set.`,
      fix: `Set it, for example with: export ${name}=…`,
      pointer,
    })
  const [, dollar, , json = ''] = /^(\$?)\$\{(json):([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text) ?? []
  if (dollar === '') {
    const held = variables[json]
    if (held === undefined) missing(json)
    else
      try {
        return parseJson(held)
      } catch {
        const fix = `Set it to JSON, such as 3, true or ["a"]. For plain text, write \${env:${json}}.`
        faults.push({
          code: 'invalid-overlay',
          message: `The value of the variable ${json} is not JSON.`,
          fix,
          pointer,
        })
      }
    return text
  }
  return text.replace(variable, (whole, dollar: string, how: string, name: string) => {
    if (dollar !== '') return whole.slice(1)
    if (how === 'json') {
      const fix = `Write \${env:${name}} within a string.`
      faults.push({ code: 'invalid-overlay', message: `${whole} must be the whole value.`, fix, pointer })
    } else if (variables[name] === undefined) missing(name)
    return variables[name] ?? whole
  })
}
