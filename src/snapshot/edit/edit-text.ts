import { isAlias, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { isObject, type Json, type JsonObject, sameJson } from '../../json.ts'
import { isMergeKey } from '../yaml/tree-value.ts'
import { parseYaml, valueOfDocument } from '../yaml/yaml.ts'
import { align } from './align.ts'
import { editMerge, type Merge } from './edit-merge.ts'
import { type Editing, keep, keptValue } from './editing.ts'
import { insertFields } from './insert-fields.ts'
import { afterColon, columnOf, endOf, startOf } from './node-range.ts'
import { type Edited, insertLines, removeLines, replaceValue, type Slot, withEdits } from './text-edit.ts'

/**
 * Changes the value of a YAML document and rewrites only changed values: comments, order, quotes, anchors and blank
 * lines elsewhere are kept. An alias is kept if its anchor has the wanted value, and is replaced by the value
 * otherwise. Tries the smallest parts first, then entire fields of `spec`. Returns undefined if no such text has
 * exactly the wanted value.
 */
export function editText(text: string, value: JsonObject): string | undefined {
  for (const levels of [Number.POSITIVE_INFINITY, 2]) {
    const edited = attempt(text, value, levels)
    if (edited !== undefined && means(edited, value)) return edited
  }
  return undefined
}

function means(text: string, value: JsonObject): boolean {
  const read = valueOfDocument(parseYaml(text, false).document, text)
  return 'value' in read && sameJson(read.value, value)
}

function attempt(text: string, value: JsonObject, levels: number): string | undefined {
  const { document } = parseYaml(text, false)
  const read = valueOfDocument(document, text)
  if (!('value' in read)) return undefined
  const edits: Edited['edits'] = []
  const editing = { text, edits, levels: levels + 1, anchors: { now: new Map() } }
  return into(editing, document.contents, read.value, value) ? withEdits(text, edits) : undefined
}

/** Changes a value: keeps it, changes parts of it, or replaces it. */
function settle(editing: Editing, slot: Slot, before: Json, after: Json): void {
  const { node } = slot
  if (sameJson(keptValue(editing, node), after)) {
    keep(editing, node)
    return
  }
  if (into(editing, node, before, after)) return
  // A removed anchor moves to the first alias that needs it.
  const moved = isAlias(node) && !editing.anchors.now.has(node.source) ? node.source : undefined
  replaceValue(editing, slot, after, moved)
  const anchor = moved ?? (isNode(node) && !isAlias(node) ? (node as { anchor?: string }).anchor : undefined)
  if (anchor !== undefined) editing.anchors.now.set(anchor, { value: after, size: 0 })
}

/** Changes parts of a collection that has the same type before and after. Returns whether it succeeded. */
function into(editing: Editing, node: unknown, before: Json, after: Json): boolean {
  if (editing.levels <= 0) return false
  const below = { ...editing, levels: editing.levels - 1 }
  const edit =
    isMap(node) && isObject(before) && isObject(after)
      ? () => intoMap(below, node, before, after)
      : isSeq(node) && Array.isArray(before) && Array.isArray(after)
        ? () => intoList(below, node, before, after)
        : undefined
  if (!edit) return false
  const [count, anchors] = [editing.edits.length, new Map(editing.anchors.now)]
  const name = (node as YAMLMap).anchor
  const entry = { value: after, size: 0 }
  if (name) editing.anchors.now.set(name, entry)
  if (edit()) return true
  // All or nothing.
  editing.edits.length = count
  editing.anchors.now = anchors
  return false
}

function intoMap(editing: Editing, map: YAMLMap, before: JsonObject, after: JsonObject): boolean {
  const { text } = editing
  const column = columnOf(text, startOf(text, map.items[0]))
  const own = new Set(map.items.flatMap(({ key }) => (isMergeKey(key) ? [] : [keyOf(key)])))
  const stays = new Map<string, Pair>()
  let merge: Merge = { fields: {} }
  for (const pair of map.items) {
    const key = keyOf(pair.key)
    if (isMergeKey(pair.key)) {
      const left = editMerge(editing, { map, pair, own, column }, after)
      if (!left) return false
      merge = left
    } else if (Object.hasOwn(after, key)) {
      keep(editing, pair.key)
      stays.set(key, pair)
      const slot = { start: afterColon(text, pair), node: pair.value, flow: map.flow === true, column }
      settle(editing, slot, before[key] as Json, after[key] as Json)
    } else if (map.flow || !removeLines(editing, startOf(text, pair), endOf(text, pair))) return false
  }
  const isInherited = (key: string) =>
    Object.hasOwn(merge.fields, key) && sameJson(merge.fields[key], after[key] as Json)
  const added = Object.keys(after).filter((key) => !stays.has(key) && !isInherited(key))
  return insertFields(editing, { flow: map.flow === true, stays, column, merge: merge.pair }, after, added)
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

function intoList(editing: Editing, list: YAMLSeq, before: readonly Json[], after: readonly Json[]): boolean {
  const { text } = editing
  const flow = list.flow === true
  if (flow && before.length !== after.length) return false
  if (after.length === 0 || before.length === 0) return false
  const column = columnOf(text, list.range?.[0] ?? 0)
  const dash = (index: number) => (flow ? startOf(text, list.items[index]) : dashOf(text, list, index, column))
  let last: number | undefined
  for (const { from, to } of flow ? before.map((_, index) => ({ from: index, to: index })) : align(before, after)) {
    const item = from === undefined ? undefined : list.items[from]
    if (from !== undefined && to !== undefined) {
      last = from
      const slot = { start: flow ? startOf(text, item) : dash(from) + 1, node: item, flow, column }
      settle(editing, slot, before[from] as Json, after[to] as Json)
    } else if (from !== undefined) {
      if (!removeLines(editing, dash(from), endOf(text, item))) return false
    } else if (to !== undefined) {
      if (last === undefined) return false
      insertLines(editing, endOf(text, list.items[last]), [after[to] as Json], column)
    }
  }
  return true
}

function dashOf(text: string, list: YAMLSeq, index: number, column: number): number {
  if (index === 0) return list.range?.[0] ?? 0
  return text.lastIndexOf(`\n${' '.repeat(column)}-`, startOf(text, list.items[index])) + 1 + column
}
