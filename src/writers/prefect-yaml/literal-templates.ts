import { define, isObject, type Json } from '../../json.ts'

/*
 * `prefect deploy` fills in `{{ name }}` in almost every text of prefect.yaml, and drops a text whose name it does not know
 * (`prefect/utilities/templating.py`: apply_values). It has no escape. But the variable of the environment in
 * `{{{{ $LITERAL_BRACES }} name }}` is replaced by nothing in the last pass, after which no text is looked at again, so that
 * `{{ name }}` is what the server stores.
 */

/** The environment variable of the escape, which must not be set. */
export const escapeVariable = 'LITERAL_BRACES'

const opening = /\{\{(?=\s*[^\s{}]+\s*\}\})/gu

/** Whether `prefect deploy` might fill in some text of a value. */
export function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.search(opening) >= 0
  if (Array.isArray(value)) return value.some(hasTemplate)
  return isObject(value) && Object.values(value).some(hasTemplate)
}

/** The value as it has to be written so that the server stores it as it is. Keys of objects are no templates. */
export function literal(value: Json): Json {
  return mapTexts(value, (text) => text.replace(opening, `{{{{ $${escapeVariable} }}`))
}

/** The text that `prefect deploy` replaces by an environment variable. */
export function environmentTemplate(name: string): string {
  return `{{ $${name} }}`
}

/** Applies `change` to every text of a value, except to keys. Returns values without texts as they are. */
function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (!isObject(value)) return value
  const out: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) define(out, key, mapTexts(item, change))
  return out
}
