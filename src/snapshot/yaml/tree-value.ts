import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { define, isObject, type Json, type JsonObject } from '../../json.ts'

/** What an anchor names. */
interface Anchored {
  /** Undefined while its node is being read: an alias cannot stand within what it repeats. */
  value?: Json
  /** Characters of its node, with all aliases in it written out. */
  size: number
}

/** What is known in the middle of a document, which is read in the order in which it is written. */
export interface TreeState {
  /** By name; an anchor that is set again means the later node from there on. */
  readonly anchors: Map<string, Anchored>
  /** Receives every fault with the node that has it. */
  readonly fail: (code: 'invalid-yaml' | 'too-large', message: string, node: Node) => void
  /** Number of faults so far. */
  faults: number
  /** Characters read so far, with all aliases written out. */
  size: number
  /** Characters that aliases may still repeat. */
  budget: number
}

/** Aliases may repeat so many times the length of their document: enough for people, and harmless. */
const mostRepeated = 100

/** The state at the start of a document whose text has so many characters, or in the middle with the anchors before it. */
export function treeState(
  length: number,
  fail: TreeState['fail'],
  anchors: TreeState['anchors'] = new Map(),
): TreeState {
  return { anchors, fail, faults: 0, size: 0, budget: mostRepeated * length }
}

/**
 * The JSON value of a node of a document without syntax errors. Aliases have the value of their anchor, and `<<` merges
 * mappings: a key of the mapping itself wins, and then the earlier of several sources. What cannot be read is null, and
 * reported to `fail`.
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
  // Without a bound, a few lines of aliases of aliases would be more than a memory can hold.
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
    if (isMergeKey(pair.key)) sources.push(...mergeSources(pair, state))
    else define(own, String(valueOfNode(pair.key, state)), valueOfNode(pair.value, state))
  }
  return withInherited(own, sources)
}

/** A mapping with what it lacks of the sources of its `<<`; the first of them that has a key wins. */
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

/** Whether a key of a mapping is `<<`, which merges; in quotes it is a key as any other. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}
