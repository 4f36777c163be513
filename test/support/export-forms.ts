import { readFileSync } from 'node:fs'
import { withDependencies } from '../../src/graph/closure.ts'
import type { Issue } from '../../src/issue.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import { readLive } from '../../src/live/read-live.ts'
import type { Reader } from '../../src/model.ts'
import { readableOf } from '../../src/operations/readable-resources.ts'
import { refOf } from '../../src/ref.ts'
import { withPlaceholders } from '../../src/secrets/placeholders.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { newest } from '../servers/versions.ts'
import type { Form } from './hunt.ts'
import { flowText, mutated, mutations, treeOf } from './mutate.ts'

/** What a server of this version returned, by kind. */
const version = newest
const rawsOf = (kind: string): readonly JsonObject[] => {
  const file = new URL(`../fixtures/raw/${version}/${kind}.json`, import.meta.url)
  return parseJson(readFileSync(file, 'utf8')) as readonly JsonObject[]
}
const isSmall = (raw: JsonObject) => JSON.stringify(raw).length < 3000
const originals: Readonly<Record<string, readonly JsonObject[]>> = Object.fromEntries(
  ['variable', 'flow', 'deployment', 'work-pool', 'work-queue', 'automation', 'concurrency-limit'].map((kind) => [
    kind,
    rawsOf(kind).filter(isSmall).slice(0, 3),
  ]),
)

const nobody: Reader = {
  url: 'http://recorded.test/api',
  get: () => Promise.reject(new Error('nothing is asked, all is recorded')),
  query: () => Promise.reject(new Error('nothing is asked, all is recorded')),
}

/** The law of exports: what a server holds, however unusual, is in a file that can be read, or named as left out. */
export const exports: Form = {
  name: 'objects of a server',
  inputs: mutations.map((changes) => flowText(mutated([treeOf(originals as unknown as Json)], changes)[0] ?? [])),
  async read(text) {
    const raws = parsed(text)
    if (!raws) return [notJson]
    const recorded = kinds.map((kind): Kind => ({ ...kind, list: async () => answered(raws, kind.name) }))
    const live = await readLive(nobody, { url: nobody.url, version }, recorded)
    const held = withDependencies([...live.resources.values()], kinds, () => true)
    const { resources, issues } = readableOf(withPlaceholders(held, kinds), kinds)
    // Names of what was not recorded are not the matter here.
    const scope = { include: ['**'], exclude: [], incomplete: [] }
    const written = formatSnapshot({ version: 1, scope, external: ['**'], moved: [], resources })
    const [fault] = parseSnapshot([{ file: 'written', text: written }], kinds).issues.filter(
      ({ severity }) => severity === 'error',
    )
    if (fault) throw new Error(`the export is refused: ${fault.message}`)
    const known = new Set([...resources.map(refOf), ...issues.map(({ ref }) => ref)])
    const lost = held.find((resource) => !known.has(refOf(resource)))
    if (lost) throw new Error(`${refOf(lost)} is neither written nor named`)
    return issues
  },
}

const notJson: Issue = { code: 'invalid-value', severity: 'error', message: 'The input is not JSON.' }

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Objects in the shape that answers have: names, numbers and lists are what they have to be, and hold anything. */
function answered(raws: JsonObject, kind: string): readonly JsonObject[] {
  const changed = raws[kind]
  return (originals[kind] ?? []).map((original, index) => {
    const now = Array.isArray(changed) ? changed[index] : undefined
    if (!isObject(now)) return original
    const same = Object.entries(now).filter(([name, value]) => typeOf(value) === typeOf(original[name]))
    return { ...original, ...Object.fromEntries(same), id: original.id ?? null }
  })
}

function typeOf(value: Json | undefined): string {
  if (Array.isArray(value)) return `list of ${typeof value[0]}`
  return value === null ? 'null' : isObject(value) ? 'object' : typeof value
}
