import { type Document, isMap, isNode, isPair, isScalar, isSeq, YAMLParseError } from 'yaml'
import { isMergeKey } from './tree-value.ts'

/**
 * The errors of keys that a mapping has twice. A quoted "<<" is a key, and an unquoted one merges: a mapping may have both.
 * The check of the YAML library compares each key with all others, which takes minutes for a mapping of 100,000 keys.
 */
export function duplicateKeys(document: Document.Parsed): YAMLParseError[] {
  const errors: YAMLParseError[] = []
  const open: unknown[] = [document.contents]
  while (open.length > 0) {
    const node = open.pop()
    if (isPair(node)) open.push(node.key, node.value)
    else if (isSeq(node)) for (const item of node.items) open.push(item)
    else if (isMap(node)) {
      const keys = new Set<string>()
      for (const pair of node.items) {
        open.push(pair)
        if (!isScalar(pair.key)) continue
        const key = `${isMergeKey(pair.key) ? '<' : typeof pair.key.value} ${String(pair.key.value)}`
        if (keys.has(key)) errors.push(duplicate(pair.key))
        keys.add(key)
      }
    }
  }
  return errors
}

function duplicate(key: unknown): YAMLParseError {
  const start = (isNode(key) ? key.range?.[0] : undefined) ?? 0
  return new YAMLParseError([start, start + 1], 'DUPLICATE_KEY', 'Map keys must be unique')
}
