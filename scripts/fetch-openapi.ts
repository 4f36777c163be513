/*
 * Reads the OpenAPI documents of real Prefect servers and keeps what the field coverage test needs: the components that
 * the kinds name, and nested ones, without descriptions. Run it when a version is added:
 * `npx tsx scripts/fetch-openapi.ts`.
 */

import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isObject, type Json, type JsonObject, parseJson, sortKeys, writeJson } from '../src/json.ts'
import { kinds } from '../src/kinds/all.ts'
import { freshServer } from '../test/servers/servers.ts'
import { newest, old, prefect2 } from '../test/servers/versions.ts'

const versions = [newest, old, prefect2] as const
const prose = new Set(['title', 'description', 'examples', 'example', 'deprecated'])

for (const version of versions) {
  const server = await freshServer(version)
  const response = await fetch(new URL('/openapi.json', server.url))
  const document = parseJson(await response.text())
  await server.stop()
  const schemas = reduced(at(at(document, 'components'), 'schemas'), version === prefect2)
  const file = fileURLToPath(new URL(`../test/fixtures/openapi-${version}.json`, import.meta.url))
  await writeFile(file, `${writeJson(sortKeys({ prefect: version, schemas }), 1)}\n`)
  console.log(`${file}: ${Object.keys(schemas).length} components`)
}

function at(value: Json, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined
  return isObject(inner) ? inner : {}
}

/** The named components that the server has, and all components that they refer to, directly or indirectly. */
function reduced(all: JsonObject, isSource: boolean): JsonObject {
  const named = kinds.flatMap(({ coverage: { models } }) => [
    ...(isSource ? [] : [...models.create, ...models.update]),
    ...models.read,
    ...(models.older ?? []),
  ])
  // A model can be two components: one for requests and one for responses.
  const open = [...named, ...named.map((name) => `${name}-Input`), ...named.map((name) => `${name}-Output`)]
  const kept: Record<string, Json> = {}
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = all[name]
    if (schema === undefined || kept[name] !== undefined) continue
    kept[name] = withoutProse(schema)
    open.push(...refsIn(schema))
  }
  return kept
}

function refsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isObject(value)) return []
  const own = typeof value.$ref === 'string' ? [value.$ref.replace('#/components/schemas/', '')] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}

/** A schema without descriptions and titles; properties with these names stay. */
function withoutProse(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item))
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([key]) => isNames || !prose.has(key))
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutProse(item, key === 'properties' && !isNames)]))
}
