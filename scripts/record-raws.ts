/*
 * Records the objects that real servers return for every kind, as fixtures for the kinds' tests: seeds the world
 * `every_kind`, lists it with the kinds' own code, and keeps the raw objects, without secrets and without most of the many
 * equal variables. Run it when a version or a resource of the world is added: `npx tsx scripts/record-raws.ts`.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isObject, type Json, type JsonObject, mapStrings, writeJson } from '../src/json.ts'
import { kinds } from '../src/kinds/all.ts'
import { supports } from '../src/version.ts'
import { freshServer } from '../test/servers/servers.ts'
import { newest, old } from '../test/servers/versions.ts'
import { clientOf } from '../test/support/connect.ts'
import { everyKindSecrets } from '../test/worlds/secrets.ts'
import { seed } from '../test/worlds/seed.ts'

for (const version of [newest, old] as const) {
  const origin = await freshServer(version)
  await seed('every_kind', version, origin.url)
  const client = clientOf(origin.url)
  const server = await client.server()
  const folder = fileURLToPath(new URL(`../test/fixtures/raw/${version}/`, import.meta.url))
  await mkdir(folder, { recursive: true })
  for (const kind of kinds.filter((kind) => supports(version, kind))) {
    const raws = (await kind.list(client, server))
      .filter((raw) => !isFiller(raw))
      .map((raw) => withoutTexts(raw, kind.name))
    await writeFile(`${folder}${kind.name}.json`, `${writeJson(mapStrings(raws, fake), 1)}\n`)
    console.log(`${version} ${kind.name}: ${raws.length}`)
  }
  await client.close()
  await origin.stop()
}

/** Two hundred similar variables. */
function isFiller(raw: JsonObject): boolean {
  return /^setting[-_](?!00)/.test(String(raw.name))
}

function fake(text: string): string {
  const index = everyKindSecrets.indexOf(text)
  return index < 0 ? text : `fake-secret-${index}`
}

/** Every schema and block contains its complete block type, with long texts that no test reads. */
function withoutTexts(raw: JsonObject, kind: string): JsonObject {
  const { block_type, block_schema, ...rest } = raw
  const out: Record<string, Json> = rest
  if (isObject(block_type))
    out.block_type = { id: block_type.id ?? null, slug: block_type.slug ?? null, name: block_type.name ?? null }
  if (isObject(block_schema)) out.block_schema = withoutTexts(block_schema, kind)
  return out
}
