import { canonical, type Row, type Value } from '../world-json.ts'
import { create, type Making } from './build-world.ts'
import { anyText, trapTexts } from './trap-texts.ts'
import { anyRow, anyValue } from './trap-values.ts'

interface Shape {
  readonly type: Row
  readonly schema: Row
  readonly properties: readonly string[]
}

const slugs = ['null', 'no', '1e3', '0', '-', '--', 'a', 'a-b', 'con', 'y', 'on', 'true', '007', 'x'.repeat(120)]
const documentNames = [
  'null',
  'no',
  '0',
  '1e3',
  '-',
  '-a',
  'a',
  'a--b',
  'true',
  'con',
  'default',
  '2001-12-14',
  'n'.repeat(200),
]

/** Types of blocks with schemas of their own, documents with secrets, and documents that link others. */
export async function buildBlocks(making: Making): Promise<void> {
  const { chance } = making
  const shapes: Shape[] = []
  for (const slug of chance.some(slugs, 3)) {
    const shape = await buildShape(making, slug, shapes)
    if (shape) shapes.push(shape)
  }
  for (const shape of shapes) for (const name of chance.some(documentNames, 3)) await buildDocument(making, shape, name)
  for (const name of chance.some(documentNames, 3))
    await buildStock(making, 'secret', name, { value: anyValue(chance) })
  await buildStock(making, 'slack-webhook', 'alerts', {
    url: 'https://hooks.example.com/services/a',
    notify_type: anyText(chance),
  })
  await buildStock(making, 'webhook', 'call', {
    method: 'POST',
    url: `https://user:${chance.pick(['a', '%25', 'é'])}@example.com/`,
    headers: anyRow(chance, 1),
  })
  const storage = await buildStock(making, 'local-file-system', 'results', { basepath: anyText(chance) })
  if (storage?.id && chance.oneIn(2))
    await making.http.send('PUT', '/admin/storage', { default_result_storage_block_id: storage.id })
}

async function buildShape(making: Making, slug: string, others: readonly Shape[]): Promise<Shape | undefined> {
  const { chance, http } = making
  const about = {
    logo_url: anyText(chance),
    documentation_url: null,
    description: anyText(chance),
    code_example: anyText(chance),
  }
  const type = await http.send('POST', '/block_types/', { name: `Type ${slug}`.slice(0, 200), slug, ...about })
  if (!type) return undefined
  const properties = [...new Set(['token', 'headers', 'child', ...chance.some(trapTexts, 4)])]
  const child = others.length > 0 && chance.oneIn(2) ? chance.pick(others) : undefined
  const fields: Row = {
    title: `Title ${slug} ${chance.pick(['', 'é', '😀', '"'])}`,
    type: 'object',
    block_type_slug: slug,
    block_schema_references: child
      ? { child: { block_type_slug: child.type.slug ?? '', block_schema_checksum: child.schema.checksum ?? '' } }
      : {},
    secret_fields: ['token', 'headers.*', ...chance.some(properties.slice(3), 1)],
    properties: Object.fromEntries(properties.map((name) => [name, property(making, name, child)])),
    ...(child ? { definitions: { [String(child.schema.title)]: child.schema.fields ?? {} } } : {}),
  }
  const body = {
    block_type_id: type.id ?? null,
    fields,
    version: chance.pick(['1.0', '', 'non-versioned', '1e3', 'é']),
    capabilities: chance.some(['b', 'a', '', 'null'], 3),
  }
  const schema = await http.send('POST', '/block_schemas/', body)
  return schema && { type, schema, properties }
}

function property({ chance }: Making, name: string, child: Shape | undefined): Row {
  if (name === 'child' && child) return { $ref: `#/definitions/${String(child.schema.title)}` }
  // The server stores infinity as null, but hashes it as infinity: nobody can make a schema with this checksum again.
  const value = anyValue(chance, 1)
  return {
    title: name,
    type: chance.pick(['string', 'number', 'object']),
    default: canonical(value).includes('1e400') ? null : value,
  }
}

async function buildDocument(making: Making, { type, schema, properties }: Shape, name: string): Promise<void> {
  const { chance, blocks } = making
  const data: Row = {
    ...anyRow(chance, 2),
    ...Object.fromEntries(chance.some(properties, 5).map((key): [string, Value] => [key, anyValue(chance, 2)])),
  }
  if (chance.oneIn(2)) Object.assign(data, { token: anyText(chance), headers: anyRow(chance, 1) })
  if (blocks.length > 0 && chance.oneIn(2)) data.child = { $ref: { block_document_id: chance.pick(blocks).id ?? null } }
  const anonymous = chance.oneIn(6)
  const naming = anonymous ? { is_anonymous: true } : { name }
  await create(making, anonymous ? making.anonymous : blocks, '/block_documents/', {
    ...naming,
    block_type_id: type.id ?? null,
    block_schema_id: schema.id ?? null,
    data,
  })
}

/** A document of a type that every server has. */
async function buildStock(making: Making, slug: string, name: string, data: Row): Promise<Row | undefined> {
  const type = await making.http.send('GET', `/block_types/slug/${slug}`)
  const schemas = await making.http.send('POST', '/block_schemas/filter', {
    block_schemas: { block_type_id: { any_: [type?.id ?? null] } },
  })
  const [schema] = (schemas?.value ?? []) as Row[]
  return create(making, making.blocks, '/block_documents/', {
    name,
    block_type_id: type?.id ?? null,
    block_schema_id: schema?.id ?? null,
    data,
  })
}
