import { define, isObject, type Json, own, type Pointer, parseJson, step } from '../json.ts'

/** The environment variables that overlays may use. */
export type Variables = Readonly<Record<string, string | undefined>>

export interface VariableFault {
  readonly code: 'missing-variable' | 'invalid-overlay'
  readonly message: string
  readonly fix: string
  readonly pointer: Pointer
}

const variable = /(\$?)\$\{(env|json):([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * Substitutes variables in a value: `${env:NAME}` anywhere in a string is the text of the variable; `${json:NAME}` must be
 * the whole string and is parsed as JSON. `$${env:NAME}` becomes `${env:NAME}`. Keys are not changed. A variable that is
 * empty is missing, because CI systems set what is not configured to an empty text.
 */
export function substitute(
  value: Json,
  variables: Variables,
  pointer: Pointer,
): { readonly value: Json; readonly faults: readonly VariableFault[] } {
  const faults: VariableFault[] = []
  const visit = (item: Json, at: Pointer): Json => {
    if (typeof item === 'string') return substituteText(item, variables, at, faults)
    if (Array.isArray(item)) return item.map((part, index) => visit(part, step(at, index)))
    if (!isObject(item)) return item
    const out: Record<string, Json> = {}
    for (const [key, part] of Object.entries(item)) define(out, key, visit(part, step(at, key)))
    return out
  }
  return { value: visit(value, pointer), faults }
}

function substituteText(text: string, variables: Variables, pointer: Pointer, faults: VariableFault[]): Json {
  const missing = (name: string) => faults.push({ code: 'missing-variable', ...whyMissing(name, variables), pointer })
  const [, dollar, , json = ''] = /^(\$?)\$\{(json):([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text) ?? []
  if (dollar === '') {
    const content = own(variables, json)
    if (!content) missing(json)
    else
      try {
        return parseJson(content)
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
  return text.replace(variable, (expression, dollar: string, format: string, name: string) => {
    if (dollar !== '') return expression.slice(1)
    if (format === 'json') {
      const fix = `Write \${env:${name}} within a string.`
      faults.push({ code: 'invalid-overlay', message: `${expression} must be the whole value.`, fix, pointer })
    } else if (!own(variables, name)) missing(name)
    return own(variables, name) || expression
  })
}

function whyMissing(name: string, variables: Variables): Pick<VariableFault, 'message' | 'fix'> {
  const fix = `Set it, for example with: export ${name}=…`
  if (own(variables, name) === undefined) return { message: `The variable ${name} is not set.`, fix }
  const empty = `For an empty value, write "" in the overlay instead of the variable.`
  return { message: `The variable ${name} is empty.`, fix: `${fix}. ${empty}` }
}
