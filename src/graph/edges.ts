import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { mayHaveToken, refsIn } from '../token.ts'

/** A reference from one resource to another. */
export interface Edge {
  readonly from: Ref
  readonly to: Ref
  /** The position in the document of `from`. */
  readonly pointer: Pointer
  /**
   * `field`: a ref field of the API. `token`: an ID inside freeform JSON. `name`: a name that Prefect looks up at run
   * time, so that a missing one is only a warning.
   */
  readonly via: 'field' | 'token' | 'name'
  /** The spec field that `from` can be created without. */
  readonly deferrable?: string
}

/** Finds the outgoing edges of a resource: its ref fields, and the tokens and names in its freeform JSON. */
export type EdgeFinder = (resource: Resource) => readonly Edge[]

/** An `EdgeFinder` for resources of these kinds. A resource of another kind has no edges. */
export function edgeFinder(kinds: readonly Kind[]): EdgeFinder {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const names = namesOf(kinds)
  return (resource) => {
    const from = refOf(resource)
    const kind = byName.get(resource.kind)
    if (!kind) return []
    const edges = Object.entries(resource.refs).map(
      ([field, to]): Edge => ({ from, to, pointer: `/refs/${field}`, via: 'field' }),
    )
    for (const [name, field] of Object.entries(kind.fields)) {
      const value = resource.spec[name]
      if (value === undefined || !field.freeform || !mayContainEdge(value, names)) continue
      const deferrable = field.deferrable ? { deferrable: name } : {}
      const onEdge: OnEdge = (via, to, pointer) => edges.push({ from, to, pointer, via, ...deferrable })
      collectEdges(value, step('/spec', name), names, onEdge)
    }
    return edges
  }
}

/** How freeform JSON names resources: see `Mentions`. */
interface Names {
  /** By the word of a template. */
  readonly templates: ReadonlyMap<string, (path: readonly string[]) => Ref>
  /** By the key of an object. */
  readonly keys: ReadonlyMap<string, (object: JsonObject) => Ref | undefined>
}

function namesOf(kinds: readonly Kind[]): Names {
  const templates = new Map<string, (path: readonly string[]) => Ref>()
  const keys = new Map<string, (object: JsonObject) => Ref | undefined>()
  for (const { name, mentions = {} } of kinds) {
    const { template } = mentions
    if (template) templates.set(template.word, (path) => `${name}/${template.key(path)}`)
    for (const [key, keyOf] of Object.entries(mentions.keys ?? {}))
      keys.set(key, (object) => {
        const named = keyOf(object)
        return named === undefined ? undefined : `${name}/${named}`
      })
  }
  return { templates, keys }
}

/** Whether a value may contain an edge. Most contain none, and then no pointers have to be built. */
function mayContainEdge(value: Json, names: Names): boolean {
  if (typeof value === 'string') return mayHaveToken(value) || value.includes('{{')
  if (Array.isArray(value)) return value.some((item) => mayContainEdge(item, names))
  if (!isObject(value)) return false
  for (const key in value)
    if (names.keys.has(key) || mayHaveToken(key) || mayContainEdge(value[key] as Json, names)) return true
  return false
}

type OnEdge = (via: 'token' | 'name', to: Ref, pointer: Pointer) => void

function collectEdges(value: Json, pointer: Pointer, names: Names, onEdge: OnEdge): void {
  if (typeof value === 'string') collectFromText(value, pointer, names, onEdge)
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collectEdges(item, step(pointer, index), names, onEdge)
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const to = names.keys.get(key)?.(value)
      if (to !== undefined) onEdge('name', to, step(pointer, key))
      if (mayHaveToken(key)) collectFromText(key, step(pointer, key), names, onEdge)
      collectEdges(item, step(pointer, key), names, onEdge)
    }
  }
}

const template = /\{\{\s*prefect\.(\w+)\.([\w.\-[\]$]+)\s*\}\}/g

function collectFromText(text: string, pointer: Pointer, { templates }: Names, onEdge: OnEdge): void {
  for (const to of refsIn(text)) onEdge('token', to, pointer)
  if (!text.includes('{{')) return
  for (const [, word = '', path = ''] of text.matchAll(template)) {
    const to = templates.get(word)?.(path.split('.'))
    if (to !== undefined) onEdge('name', to, pointer)
  }
}
