/*
 * Writes test/fixtures/api-history.json: which releases of Prefect have which requests, models, fields and values. Reads the
 * documents that scripts/api_documents.py made: `npx tsx scripts/api-history.ts DIRECTORY`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject, type Json, type JsonObject, parseJson } from '../src/json.ts'
import { kinds } from '../src/kinds/all.ts'
import { atLeast } from '../src/version.ts'

/** What one release has: names in groups, as `DeploymentCreate` → `name`, `tags`. */
type Content = Map<string, Set<string>>

/** Requests that no kind names: those of the client and of the preflight checks. */
const others = ['GET /admin/version', 'GET /csrf-token', 'GET /health']

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('Pass the directory with the documents, VERSION.json for each release.')
const releases = readdirSync(directory)
  .flatMap((name) => /^(\d+\.\d+\.\d+)\.json$/.exec(name)?.[1] ?? [])
  .sort((a, b) => (a === b ? 0 : atLeast(a, b) ? 1 : -1))
const contents = releases.map((release) =>
  contentOf(object(parseJson(readFileSync(join(directory, `${release}.json`), 'utf8')))),
)
const groups = [...new Set(contents.flatMap((content) => [...content.keys()]))].sort()
const rows = groups.map((group) => `  ${JSON.stringify(group)}: ${JSON.stringify(rangesOf(group))}`)
const target = fileURLToPath(new URL('../test/fixtures/api-history.json', import.meta.url))
writeFileSync(target, `{\n "releases": ${JSON.stringify(releases)},\n "has": {\n${rows.join(',\n')}\n }\n}\n`)
console.log(`${target}: ${releases.length} releases, ${groups.length} groups`)

/** The names of a group by their range of releases, as `3.1.5..`, `..3.3.7` or `all`. */
function rangesOf(group: string): Record<string, string[]> {
  const byRange = new Map<string, string[]>()
  for (const name of [...new Set(contents.flatMap((content) => [...(content.get(group) ?? [])]))].sort()) {
    const range = rangeOf(contents.map((content) => content.get(group)?.has(name) ?? false))
    byRange.set(range, [...(byRange.get(range) ?? []), name])
  }
  return Object.fromEntries([...byRange].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function rangeOf(has: readonly boolean[]): string {
  const first = has.flatMap((one, index) => (one && !has[index - 1] ? [index] : []))
  const last = has.flatMap((one, index) => (one && !has[index + 1] ? [index] : []))
  const parts = first.map((from, index) => {
    const to = last[index] ?? 0
    return `${from === 0 ? '' : releases[from]}..${to === has.length - 1 ? '' : releases[to]}`
  })
  return parts[0] === '..' ? 'all' : parts.join(' ')
}

function contentOf(document: JsonObject): Content {
  const schemas = object(object(document.components).schemas)
  const content: Content = new Map()
  const add = (group: string, name: string) => content.set(group, (content.get(group) ?? new Set()).add(name))
  const models = new Set(kinds.flatMap(({ coverage: { models } }) => Object.values(models).flat()))
  const open = [...models]
  for (const [path, operations] of Object.entries(object(document.paths)))
    for (const [method, operation] of Object.entries(object(operations))) {
      const request = `${method.toUpperCase()} ${path.replace(/^\/api(?=\/)/, '').replace(/\{[^}]*\}/g, '*')}`
      if (!requestsOfKinds().has(request)) continue
      add('requests', request)
      for (const name of queryOf(object(operation))) add(request, name)
      const body = object(object(object(object(operation).requestBody).content)['application/json']).schema ?? null
      // A body of one model is that model; one of several is a component of its own, with a generated name.
      for (const name of refsIn(body)) {
        const model = schemas[name]
        if (name.startsWith('Body_'))
          for (const field of Object.keys(object(object(model).properties))) add(request, field)
        else add(`${request} takes`, plain(name))
        open.push(...(name.startsWith('Body_') ? refsIn(model ?? null).map(plain) : [plain(name)]))
      }
    }
  const seen = new Set<string>()
  for (let model = open.pop(); model !== undefined; model = open.pop()) {
    if (seen.has(model)) continue
    seen.add(model)
    for (const component of [model, `${model}-Input`, `${model}-Output`]) {
      const schema = schemas[component]
      if (schema === undefined) continue
      add('models', model)
      for (const value of valuesIn(schema)) add(model, value)
      for (const [field, type] of Object.entries(object(object(schema).properties))) {
        add(model, field)
        for (const form of [...refsIn(type).map(plain), ...valuesIn(type), ...listsIn(type)])
          add(`${model}.${field}`, form)
      }
      open.push(...refsIn(schema).map(plain))
    }
  }
  return content
}

function queryOf(operation: JsonObject): string[] {
  const parameters = Array.isArray(operation.parameters) ? operation.parameters.map(object) : []
  return parameters.flatMap(({ name, in: place }) => (place === 'query' ? [`?${String(name)}`] : []))
}

/** The requests in the answers of kinds, with one method each. */
function requestsOfKinds(): ReadonlySet<string> {
  const of = kinds.flatMap(({ answers = [] }) => answers.map(({ to }) => to))
  return new Set(
    [...others, ...of].flatMap((request) => {
      const [methods = '', path = ''] = request.split(' ')
      return methods.split('|').map((method) => `${method} ${path}`)
    }),
  )
}

/** A model as requests take it and as responses give it may be two components. */
function plain(name: string): string {
  return name.replace(/-(Input|Output)$/, '')
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function refsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isObject(value)) return []
  const own = typeof value.$ref === 'string' ? [value.$ref.replace('#/components/schemas/', '')] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}

/** `list` for a type of which lists are one form among others. */
function listsIn(type: Json): string[] {
  const forms = isObject(type) && Array.isArray(type.anyOf) ? type.anyOf.map(object) : []
  const values = forms.filter((form) => form.type !== 'null')
  return values.length > 1 && values.some((form) => form.type === 'array') ? ['list'] : []
}

/** The texts that a type allows: those of an enumeration, or the only one. */
function valuesIn(type: Json): string[] {
  if (!isObject(type)) return []
  const own = [...(Array.isArray(type.enum) ? type.enum : []), ...(type.const === undefined ? [] : [type.const])]
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => (Array.isArray(type[name]) ? (type[name] as Json[]) : []))
  const items = isObject(type.items) ? valuesIn(type.items) : []
  return [
    ...own.filter((value) => typeof value === 'string').map((value) => JSON.stringify(value)),
    ...inner.flatMap(valuesIn),
    ...items,
  ]
}
