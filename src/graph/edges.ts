import { isObject, type Json, type Pointer, step } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { keyOf } from '../ref.ts'
import { cut, mayHaveToken } from '../token.ts'

/** One resource's need of another. */
export interface Edge {
  readonly from: Ref
  readonly to: Ref
  /** Where it stands in the document of `from`. */
  readonly pointer: Pointer
  /**
   * `slot`: the API has a field for it. `token`: an id inside free-form JSON. `name`: Prefect looks the name up when
   * it runs, so a missing one is no more than a warning.
   */
  readonly how: 'slot' | 'token' | 'name'
  /** The spec field that `from` can be created without. */
  readonly deferrable?: string
}

const placeholder = /\{\{\s*prefect\.(blocks|variables)\.([\w.\-[\]$]+)\s*\}\}/g
const pullWithBlock = 'prefect.deployments.steps.pull_with_block'
/** Block type by the argument of a bundle step that names a block (prefect-aws, -gcp, -azure: `bundles/upload.py`). */
const credentials: Readonly<Record<string, string>> = {
  aws_credentials_block_name: 'aws-credentials',
  gcp_credentials_block_name: 'gcp-credentials',
  azure_blob_storage_credentials_block_name: 'azure-blob-storage-credentials',
}

/** Keys of objects that `namesIn` looks at. */
const naming = new Set([
  '__prefect_kind',
  'block_document_slug',
  'block_schema_checksum',
  pullWithBlock,
  ...Object.keys(credentials),
])

/** Every edge that leaves a resource: its slots, the tokens and the names in its free-form JSON. */
export function edgesOf(kind: Kind, from: Ref, resource: Resource): Edge[] {
  const edges: Edge[] = []
  for (const [slot, to] of Object.entries(resource.refs))
    edges.push({ from, to, pointer: `/refs/${slot}`, how: 'slot' })
  for (const [name, field] of Object.entries(kind.fields)) {
    const value = resource.spec[name]
    if (value === undefined || !field.freeform || !mayName(value)) continue
    const deferrable = field.deferrable ? { deferrable: name } : {}
    visit(value, step('/spec', name), (how, to, pointer) => edges.push({ from, to, pointer, how, ...deferrable }))
  }
  return edges
}

/** Whether there may be an edge in a value; most have none, and then nobody has to know the place of each of its parts. */
function mayName(value: Json): boolean {
  if (typeof value === 'string') return mayHaveToken(value) || value.includes('{{')
  if (Array.isArray(value)) return value.some(mayName)
  if (!isObject(value)) return false
  for (const key in value) if (naming.has(key) || mayHaveToken(key) || mayName(value[key] as Json)) return true
  return false
}

type Found = (how: 'token' | 'name', to: Ref, pointer: Pointer) => void

function visit(value: Json, pointer: Pointer, found: Found): void {
  if (typeof value === 'string') visitText(value, pointer, found)
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, step(pointer, index), found)
  } else if (isObject(value)) {
    for (const [to, at] of namesIn(value)) found('name', to, step(pointer, at))
    for (const [key, item] of Object.entries(value)) {
      if (mayHaveToken(key)) visitText(key, step(pointer, key), found)
      visit(item, step(pointer, key), found)
    }
  }
}

function visitText(text: string, pointer: Pointer, found: Found): void {
  if (mayHaveToken(text)) {
    for (const piece of cut(text).pieces) if ('ref' in piece) found('token', piece.ref, pointer)
  }
  if (!text.includes('{{')) return
  for (const [, what, path = ''] of text.matchAll(placeholder)) {
    const [first = '', second = ''] = path.split('.')
    found('name', what === 'blocks' ? `block/${keyOf(first, second)}` : `variable/${first}`, pointer)
  }
}

/** Names of other resources that an object gives as plain arguments, and the key that each stands at. */
function* namesIn(object: Readonly<Record<string, Json>>): Generator<[Ref, string]> {
  const variable = object.variable_name
  if (object.__prefect_kind === 'workspace_variable' && typeof variable === 'string')
    yield [`variable/${variable}`, 'variable_name']
  const slug = object.block_document_slug
  if (typeof slug === 'string' && slug.includes('/')) yield [`block/${slug}`, 'block_document_slug']
  const [type, checksum] = [object.block_type_slug, object.block_schema_checksum]
  if (typeof type === 'string' && typeof checksum === 'string')
    yield [
      `block-schema/${keyOf(type, checksum.slice('sha256:'.length, 'sha256:'.length + 8))}`,
      'block_schema_checksum',
    ]
  const pull = object[pullWithBlock]
  if (isObject(pull) && typeof pull.block_type_slug === 'string' && typeof pull.block_document_name === 'string')
    yield [`block/${keyOf(pull.block_type_slug, pull.block_document_name)}`, pullWithBlock]
  for (const [argument, type] of Object.entries(credentials)) {
    const name = object[argument]
    if (typeof name === 'string') yield [`block/${keyOf(type, name)}`, argument]
  }
}
