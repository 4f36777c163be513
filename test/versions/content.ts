import { isStockType } from '../../src/kinds/block/builtin-block-types.ts'
import { prefect2, type ServerVersion } from '../servers/versions.ts'
import { differencesOf } from '../support/journey.ts'
import { worldOf } from '../support/world.ts'
import { isForm } from './forms.ts'

/** A server's resources by `kind/name`, without block types and schemas that every server registers itself. */
export type Content = ReadonlyMap<string, unknown>

/** A resource or a field of which the plan says that the destination cannot hold it. */
export interface Named {
  readonly ref: string
  /** Absent if it is all of the resource. */
  readonly pointer?: string | undefined
}

/** The resources of a source, by what arrived. */
export interface Compared {
  readonly resources: number
  /** Equal by plain HTTP, but for the forms of forms.ts. */
  readonly arrived: number
  /** Arrived without some fields, all of which the plan has named. */
  readonly inPart: readonly string[]
  /** Not created; the plan has named them. */
  readonly leftOut: readonly string[]
  /** Differences that the plan has not named, and resources that nobody asked for: always empty. */
  readonly unnamed: readonly string[]
}

/** Reads a server with code that shares nothing with the tool. */
export async function contentOf(url: string): Promise<Content> {
  const world = (await worldOf(url)) as Record<string, Record<string, unknown>>
  const all = Object.entries(world).flatMap(([kind, resources]) =>
    Object.entries(resources).map(([name, value]) => ({ kind, name, value })),
  )
  const own = all.filter(({ kind, name, value }) => {
    if (/^block-(type|schema)$/.test(kind)) return !isStockType(name.split('/')[0] ?? '')
    // A server without a default storage, or whose version has none.
    return kind !== 'default-result-storage' || !/^null$|:null\}$/.test(JSON.stringify(value))
  })
  return new Map(own.map(({ kind, name, value }) => [`${kind}/${name}`, value]))
}

/**
 * Compares two servers; `named` is what the plan has named. Of resources of Prefect 2 only the names: what their values become is
 * compared with Prefect's own migration by test/flow/from-prefect-2.test.ts.
 */
export function compared(
  source: Content,
  destination: Content,
  named: readonly Named[],
  { from, to }: { readonly from: ServerVersion; readonly to: ServerVersion },
): Compared {
  const isOfPrefect2 = from === prefect2
  const [inPart, leftOut, unnamed]: [string[], string[], string[]] = [[], [], []]
  let arrived = 0
  for (const [name, value] of source) {
    const about = named.filter(({ ref }) => isOf(ref, name))
    const now = destination.get(name)
    if (now === undefined) {
      const isNamed = about.some(({ pointer }) => pointer === undefined) || hangsOn(name, named)
      if (isNamed) leftOut.push(name)
      else unnamed.push(`${name}: is missing`)
      continue
    }
    const differences = isOfPrefect2 ? [] : differencesOf(value, now).filter((line) => !isForm(name, line, from, to))
    const untold = differences.filter((line) => !isTold(line, about))
    unnamed.push(...untold.map((line) => `${name} ${line}`))
    if (untold.length > 0) continue
    if (differences.length > 0) inPart.push(name)
    else arrived++
  }
  const added = isOfPrefect2 ? [] : [...destination.keys()].filter((name) => !source.has(name))
  unnamed.push(...added.map((name) => `${name}: is new`))
  return { resources: source.size, arrived, inPart, leftOut, unnamed }
}

/** Whether a ref is about a resource. Twins have a suffix in their refs, and characters may be percent-encoded. */
export function isOf(ref: string, name: string): boolean {
  const plain = decodeURIComponent(ref)
  return plain === name || plain.replace(/#[^#]*$/, '') === name || isSchema(plain, name)
}

/** `block-schema/TYPE/762968b3` and `block-schema/TYPE/sha256:762968b3…@VERSION`. */
function isSchema(ref: string, name: string): boolean {
  return name.replace(/sha256:([0-9a-f]{8}).*$/, '$1') === ref
}

/** The row of a deployment's own limit exists with the limit. */
function hangsOn(name: string, named: readonly Named[]): boolean {
  const owner = /^concurrency-limit\/deployment:<(deployment:.*)>$/.exec(name)?.[1]?.replace(':', '/')
  return owner !== undefined && named.some(({ ref, pointer = '/limit' }) => isOf(ref, owner) && /limit/.test(pointer))
}

/** Fields of the API that have another name in a snapshot. */
const otherNames: Readonly<Record<string, string>> = {
  global_concurrency_limit: 'concurrency_limit',
  default_result_storage_block_id: 'result_storage',
}

/** Whether the plan names a difference, `/field/…: a → b`. The storage of a pool is several fields of a snapshot: each has to be named. */
function isTold(line: string, about: readonly Named[]): boolean {
  const [, storage] = /^\/storage_configuration: (\{.*\}) → undefined$/.exec(line) ?? []
  if (storage === undefined) return about.some(({ pointer }) => pointer !== undefined && isAt(pointer, line))
  const set = Object.entries(JSON.parse(storage) as object).filter(([, value]) => value !== null)
  return set.every(([name]) => isTold(`/storage_configuration/${name}:`, about))
}

/** Whether a difference is in the place of a pointer such as `/spec/field/…`, or is all of the field. */
function isAt(pointer: string, line: string): boolean {
  const [, path = ''] = /^(?:\/\d+)?\/(?:storage_configuration\/)?([^:]*)/.exec(line) ?? []
  const [field = '', ...rest] = path.split('/')
  const [told = '', ...deeper] = pointer.split('/').slice(2)
  if (told !== field && told !== otherNames[field]) return false
  return rest.length === 0 || told !== field || deeper.every((part, index) => part === rest[index])
}
