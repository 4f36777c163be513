import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { withDependencies } from '../../src/graph/closure.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import { readLive } from '../../src/live/read-live.ts'
import type { Live, LiveResource, Reader, Ref, Resource } from '../../src/model.ts'
import { byRef, refOf } from '../../src/ref.ts'
import { withPlaceholders } from '../../src/secrets/placeholders.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { differences } from '../../src/spec/differences.ts'
import { canonicalSpec } from '../../src/spec.ts'
import { atLeast, supports } from '../../src/version.ts'
import { newest, old as oldVersion } from '../servers/versions.ts'

export const versions = [newest, oldVersion] as const
export type Version = (typeof versions)[number]

/** A difference between the versions: resources that only one of them has. */
export const [onNewest, onOld] = versions.map((version) => `only on ${version}`) as [string, string]

/** The result of the first call with each key: the fixtures do not change while a test runs. */
function once<T>(make: (...key: readonly string[]) => T): (...key: readonly string[]) => T {
  const made = new Map<string, T>()
  return (...key) => {
    const known = made.get(key.join()) ?? make(...key)
    made.set(key.join(), known)
    return known
  }
}

/** The objects of one kind that scripts/record-raws.ts recorded of a server of this version. */
export const rawsOf = once((version, kind) => {
  const file = new URL(`../fixtures/raw/${version}/${kind}.json`, import.meta.url)
  return parseJson(readFileSync(file, 'utf8')) as readonly JsonObject[]
})

export function kindOf(name: string): Kind {
  const kind = kinds.find((kind) => kind.name === name)
  if (!kind) throw new Error(`There is no kind ${name}`)
  return kind
}

const nobody: Reader = {
  url: 'http://recorded.test/api',
  get: (path) => Promise.reject(new Error(`GET ${path}: nothing is asked, all is recorded`)),
  query: (path) => Promise.reject(new Error(`POST ${path}: nothing is asked, all is recorded`)),
}

/** The recorded server, read as a live one is. */
export const readRecorded = once((version) => readArranged(version, (raws) => raws))
/** The same with everything that has no order in another one. */
const readRearranged = once((version) => readArranged(version, rearranged))

function readArranged(version: string, arrange: (raws: readonly JsonObject[]) => readonly JsonObject[]): Promise<Live> {
  const recorded = kinds
    .filter((kind) => supports(version, kind))
    .map((kind): Kind => ({ ...kind, list: async () => arrange(rawsOf(version, kind.name)) }))
  return readLive(nobody, { url: nobody.url, version }, recorded)
}

/** What an export of the recorded server carries of one kind. */
export async function carriedOf(version: Version, kind: string): Promise<LiveResource[]> {
  const { resources } = await readRecorded(version)
  return carried(resources.values()).filter((resource) => resource.kind === kind)
}

function carried(resources: Iterable<LiveResource>): LiveResource[] {
  const sorted = [...resources].sort((a, b) => byRef(refOf(a), refOf(b)))
  return withDependencies(sorted, kinds, (resource) => !kindOf(resource.kind).builtin?.(resource))
}

export async function recordedResource(version: Version, ref: Ref): Promise<LiveResource> {
  const found = (await readRecorded(version)).resources.get(ref)
  if (!found) throw new Error(`There is no ${ref} on the recorded ${version}`)
  return found
}

function textOf(resources: readonly Resource[]): string {
  return formatSnapshot({ version: 1, scope: { include: ['**'], exclude: [], incomplete: [] }, moved: [], resources })
}

/** The same objects in another order: rows, keys and what the API keeps as a set come as they like. */
function rearranged(raws: readonly JsonObject[]): readonly JsonObject[] {
  return raws.map((raw) => turned(raw) as JsonObject).reverse()
}

const sets = new Set(['schedules', 'capabilities', 'expect', 'after', 'for_each'])

function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const inner = turned(item)
    return [key, sets.has(key) && Array.isArray(inner) ? [...inner].reverse() : inner]
  })
  return Object.fromEntries(entries.reverse())
}

/** The kinds that `describeRecorded` was called for. */
export const described: string[] = []

/** What holds for every kind, on what was recorded of real servers. `differs` are differences between the versions. */
export function describeRecorded(name: string, differs: Readonly<Record<Ref, readonly string[]>> = {}): void {
  described.push(name)
  const kind = kindOf(name)
  describe.each(versions.filter((version) => atLeast(version, kind.since)))(`${name} of %s`, (version) => {
    test('is encoded as the expected resources', async () => {
      const resources = await carriedOf(version, name)
      await expect(textOf(withPlaceholders(resources, kinds))).toMatchFileSnapshot(
        `../fixtures/golden/${version}/${name}.yaml`,
      )
    })

    test("does not depend on the order of the server's objects", async () => {
      const [one, other] = [await readRecorded(version), await readRearranged(version)]
      const of = ({ resources }: Live) =>
        textOf(
          withPlaceholders(
            carried(resources.values()).filter((resource) => resource.kind === name),
            kinds,
          ),
        )
      expect(of(other)).toBe(of(one))
    })

    test('is in canonical form, which is idempotent', async () => {
      for (const resource of await carriedOf(version, name)) {
        expect(canonicalSpec(kind, resource.spec), refOf(resource)).toEqual(resource.spec)
        expect(differences(kind, resource, resource), refOf(resource)).toEqual([])
        expect(kind.check?.(resource) ?? [], refOf(resource)).toEqual([])
      }
    })

    test('is unchanged by a round trip through YAML', async () => {
      const all = withPlaceholders(await carriedOf(version, name), kinds)
      const { snapshot, issues } = parseSnapshot([{ file: name, text: textOf(all) }], kinds)
      // What it points to is of other kinds, and not in this text.
      const elsewhere = new Set(['dangling-ref', 'missing-name'])
      expect(issues.filter(({ code, severity }) => severity === 'error' && !elsewhere.has(code))).toEqual([])
      expect(snapshot.resources).toEqual(
        all.map(({ kind, key, refs, spec, secrets }) => ({ kind, key, refs, spec, secrets })),
      )
    })

    test('contains no ID and no secret', async () => {
      const text = textOf(withPlaceholders(await carriedOf(version, name), kinds))
      const ids = kinds
        .filter((kind) => supports(version, kind))
        .flatMap(({ name }) => rawsOf(version, name).map(({ id }) => String(id)))
      expect(ids.filter((id) => id !== 'server' && text.includes(id))).toEqual([])
      expect(text).not.toContain('fake-secret')
    })
  })

  if (versions.every((version) => atLeast(version, kind.since))) {
    test(`${name} is equal on both versions, except for fields that one does not have`, async () => {
      const [newer, older] = [await carriedOf(newest, name), await carriedOf(oldVersion, name)]
      const old = new Map(older.map((resource) => [refOf(resource), resource]))
      const found: Record<Ref, readonly string[]> = {}
      for (const resource of newer) {
        const ref = refOf(resource)
        const other = old.get(ref)
        const fields = other ? differences(kind, other, resource).map(({ pointer }) => pointer) : [onNewest]
        if (fields.length > 0) found[ref] = fields
        old.delete(ref)
      }
      for (const ref of old.keys()) found[ref] = [onOld]
      expect(found).toEqual(differs)
    })
  }
}
