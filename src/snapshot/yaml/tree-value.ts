import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { define, isObject, type Json, type JsonObject } from '../../json.ts'
import { append } from '../../list-at.ts'

/** The node of an anchor. */
interface Anchored {
  /** Undefined while its node is being read: an alias cannot occur inside its own anchor. */
  value?: Json
  /** Length of its node in characters, with aliases resolved. */
  size: number
}

/** The state while reading a document in the order of its text. */
export interface TreeState {
  /** By name. If a name is reused, the later anchor is valid from there on. */
  readonly anchors: Map<string, Anchored>
  /** Called with every fault and its node. */
  readonly fail: (code: 'invalid-yaml' | 'too-large', message: string, node: Node) => void
  /** Number of faults so far. */
  faults: number
  /** Number of characters so far, with aliases resolved. */
  size: number
  /** Number of characters that aliases may still add. */
  budget: number
}

/** Limit for aliases, as a multiple of the document's length: enough for people, and harmless. */
const mostRepeated = 100

/** The state at the start of a document of a given length, or at a later position with the anchors before it. */
export function treeState(
  length: number,
  fail: TreeState['fail'],
  anchors: TreeState['anchors'] = new Map(),
): TreeState {
  return { anchors, fail, faults: 0, size: 0, budget: mostRepeated * length }
}

/**
 * The JSON value of a node in a document without syntax errors. Aliases have the value of their anchor, and `<<` merges
 * mappings: the mapping's own keys have precedence, then earlier sources. Invalid nodes become null and are reported to
 * `fail`.
 */
export function valueOfNode(node: unknown, state: TreeState): Json {
  if (isAlias(node)) return valueOfAlias(node, state) ?? null
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null
  const start = state.size
  const entry: Anchored | undefined = node.anchor ? { size: 0 } : undefined
  if (entry) state.anchors.set(node.anchor as string, entry)
  const value = valueWithin(node, state)
  if (entry) Object.assign(entry, { value, size: state.size - start })
  return value
}

function valueWithin(node: Node, state: TreeState): Json {
  state.size += isScalar(node) && node.range ? 1 + node.range[1] - node.range[0] : 1
  if (isMap(node)) return valueOfMap(node, state)
  if (isSeq(node)) return node.items.map((item) => valueOfNode(item, state))
  return isScalar(node) ? ((node.value ?? null) as Json) : null
}

function valueOfAlias(alias: Node & { readonly source: string }, state: TreeState): Json | undefined {
  const anchored = state.anchors.get(alias.source)
  if (!anchored) {
    return report(state, 'invalid-yaml', `No anchor &${alias.source} is defined before this alias.`, alias)
  }
  if (anchored.value === undefined) {
    return report(state, 'invalid-yaml', `The alias *${alias.source} is inside of its own anchor.`, alias)
  }
  // Without a limit, a few lines of nested aliases could exhaust the memory.
  if (anchored.size > state.budget) {
    const isFirst = state.budget >= 0
    state.budget = -1
    const message = `The aliases repeat more than ${mostRepeated} times the length of their document.`
    return isFirst ? report(state, 'too-large', message, alias) : undefined
  }
  state.budget -= anchored.size
  state.size += anchored.size
  return anchored.value
}

function report(state: TreeState, code: 'invalid-yaml' | 'too-large', message: string, node: Node): undefined {
  state.faults++
  state.fail(code, message, node)
}

function valueOfMap(map: YAMLMap, state: TreeState): JsonObject {
  const own: Record<string, Json> = {}
  const sources: JsonObject[] = []
  for (const pair of map.items) {
    if (isMergeKey(pair.key)) append(sources, mergeSources(pair, state))
    else define(own, String(valueOfNode(pair.key, state)), valueOfNode(pair.value, state))
  }
  return withInherited(own, sources)
}

/** Adds keys of the sources of a `<<` that the mapping lacks; the first source with a key has precedence. */
export function withInherited(own: JsonObject, sources: readonly JsonObject[]): JsonObject {
  if (sources.length === 0) return own
  const all: Record<string, Json> = { ...own }
  for (const source of sources)
    for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(all, key)) define(all, key, value)
  return all
}

/** The mappings that a `<<` merges, in order of precedence. */
function mergeSources({ key, value }: Pair, state: TreeState): readonly JsonObject[] {
  const { faults } = state
  const read = valueOfNode(value, state)
  const list = Array.isArray(read) ? read : [read]
  if (list.every(isObject)) return list
  const message = 'A merge key takes a mapping or a list of mappings, such as <<: *defaults.'
  if (state.faults === faults) report(state, 'invalid-yaml', message, (read === null ? key : value) as Node)
  return []
}

/** Whether a key is an unquoted `<<`, which merges. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}
