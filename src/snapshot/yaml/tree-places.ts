import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { type Pointer, steps } from '../../json.ts'
import { isMergeKey } from './tree-value.ts'

/** A document, with what was looked up in it: a document may have a hundred thousand faults. */
export interface Tree {
  readonly document: Document.Parsed
  /** The pairs of mappings by their keys. */
  readonly keys: Map<YAMLMap, ReadonlyMap<string, Pair>>
  /** The nodes behind aliases. */
  readonly targets: Map<unknown, unknown>
}

/** The offset of a value or its key, or of its nearest existing parent. */
export function treeOffset(tree: Tree, pointer: Pointer, onKey: boolean): number {
  let written: unknown = tree.document.contents
  let offset = isNode(written) ? (written.range?.[0] ?? 0) : 0
  for (const key of steps(pointer)) {
    const node = behindAlias(tree, written)
    if (isMap(node)) {
      const pair = pairAt(tree, node, key)
      if (!pair) return offset
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      written = pair.value
    } else if (isSeq(node)) {
      written = node.items[Number(key)]
      if (isNode(written)) offset = written.range?.[0] ?? offset
    } else return offset
  }
  const isText = isScalar(behindAlias(tree, written))
  return isText && !onKey && isNode(written) ? (written.range?.[0] ?? offset) : offset
}

/** Resolves an alias; returns every other node itself. */
function behindAlias({ document, targets }: Tree, node: unknown): unknown {
  if (!isAlias(node)) return node
  if (!targets.has(node)) targets.set(node, node.resolve(document))
  return targets.get(node)
}

/** Finds the pair of a key: in the mapping itself, or in the sources of its `<<`. */
function pairAt(tree: Tree, map: YAMLMap, key: string): Pair | undefined {
  const own = pairsOf(tree, map).get(key)
  if (own) return own
  for (const { value } of map.items.filter((pair) => isMergeKey(pair.key))) {
    const source = behindAlias(tree, value)
    for (const each of isSeq(source) ? source.items : [source]) {
      const one = behindAlias(tree, each)
      const pair = isMap(one) ? pairAt(tree, one, key) : undefined
      if (pair) return pair
    }
  }
  return undefined
}

function pairsOf({ keys }: Tree, map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = keys.get(map)
  if (known) return known
  // Of a key that is written twice, the first one counts.
  const own = map.items.filter(({ key }) => !isMergeKey(key) && isScalar(key)).toReversed()
  const pairs = new Map(own.map((pair) => [String((pair.key as Scalar).value), pair] as const))
  keys.set(map, pairs)
  return pairs
}
