import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { isObject, type Json, type JsonObject, sameJson } from '../../json.ts'
import { faultsOf, parseYaml, writeFlow, writeYaml } from '../yaml/yaml.ts'
import { align } from './align.ts'

/** A part of a text, and what stands in its place. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A text with all its edits; they do not overlap. Of several at one place the first stays first. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  let out = ''
  let done = 0
  for (const { start, end, text: own } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    out += text.slice(done, start) + own
    done = end
  }
  return out + text.slice(done)
}

/**
 * The text of a YAML document with another value, in which only changed values are rewritten: comments, order,
 * quotes and blank lines of everything else stay as they are. Undefined where no such text means just the value: first
 * the smallest parts are tried, and then whole fields of `spec`.
 */
export function editText(text: string, value: JsonObject): string | undefined {
  for (const levels of [Number.POSITIVE_INFINITY, 2]) {
    const edited = attempt(text, value, levels)
    if (edited !== undefined && means(edited, value)) return edited
  }
  return undefined
}

function means(text: string, value: JsonObject): boolean {
  const { document } = parseYaml(text, false)
  if (document.errors.length > 0 || faultsOf(document, text).length > 0) return false
  try {
    return sameJson(document.toJS() as Json, value)
  } catch {
    return false
  }
}

function attempt(text: string, value: JsonObject, levels: number): string | undefined {
  const { document } = parseYaml(text, false)
  const root = document.contents
  const before = document.toJS() as Json
  if (!isMap(root) || !isObject(before)) return undefined
  const edits: Edit[] = []
  return intoMap({ text, edits, levels }, root, before, value) ? withEdits(text, edits) : undefined
}

interface Editing {
  readonly text: string
  readonly edits: Edit[]
  /** How many levels further down single parts may be changed. */
  readonly levels: number
}

/** Changes the parts of a value, where it is a collection of the same sort before and after; answers whether it could. */
function into(editing: Editing, node: unknown, before: Json, after: Json): boolean {
  if (editing.levels <= 0) return false
  const below = { ...editing, levels: editing.levels - 1 }
  if (isMap(node) && isObject(before) && isObject(after)) return tried(below, () => intoMap(below, node, before, after))
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after))
    return tried(below, () => intoList(below, node, before, after))
  return false
}

/** Takes back the edits of what could not be done in full. */
function tried({ edits }: Editing, edit: () => boolean): boolean {
  const count = edits.length
  if (edit()) return true
  edits.length = count
  return false
}

function intoMap(editing: Editing, map: YAMLMap, before: JsonObject, after: JsonObject): boolean {
  const pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]))
  const added = Object.keys(after).filter((key) => !pairs.has(key))
  const removed = [...pairs.keys()].filter((key) => !Object.hasOwn(after, key))
  if (map.flow && added.length + removed.length > 0) return false
  if (removed.length === pairs.size) return false
  for (const key of removed)
    if (!removeLines(editing, startOf(pairs.get(key)), endOf(editing, pairs.get(key)))) return false
  const column = columnOf(editing.text, startOf(map.items[0]))
  for (const [key, pair] of pairs) {
    const [a, b] = [before, after].map((object) => (Object.hasOwn(object, key) ? object[key] : undefined))
    if (a === undefined || b === undefined || sameJson(a, b)) continue
    if (!into(editing, pair.value, a, b)) replace(editing, afterColon(editing, pair), pair.value, b, map.flow, column)
  }
  return insertPairs(editing, pairs, after, added, column)
}

/** New fields stand where the order of `after` has them: behind the last one before them that was there. */
function insertPairs(
  editing: Editing,
  pairs: ReadonlyMap<string, Pair>,
  after: JsonObject,
  added: readonly string[],
  column: number,
): boolean {
  const order = Object.keys(after)
  for (const key of added) {
    const stays = order.filter((other) => pairs.has(other))
    const pair = pairs.get(stays.findLast((other) => order.indexOf(other) < order.indexOf(key)) ?? stays[0] ?? '')
    if (!pair) return false
    insertLine(editing, endOf(editing, pair), writeYaml({ [key]: after[key] as Json }), column)
  }
  return true
}

function intoList(editing: Editing, list: YAMLSeq, before: readonly Json[], after: readonly Json[]): boolean {
  if (list.flow && before.length !== after.length) return false
  if (after.length === 0 || before.length === 0) return false
  const column = columnOf(editing.text, list.range?.[0] ?? 0)
  const dash = (index: number) => (list.flow ? startOf(list.items[index]) : dashOf(editing, list, index, column))
  let last: number | undefined
  for (const { from, to } of list.flow
    ? before.map((_, index) => ({ from: index, to: index }))
    : align(before, after)) {
    const [a, b] = [from, to].map((index, side) => (index === undefined ? undefined : (side ? after : before)[index]))
    const item = from === undefined ? undefined : list.items[from]
    if (from !== undefined && b === undefined) {
      if (!removeLines(editing, dash(from), endOf(editing, item))) return false
    } else if (from === undefined && b !== undefined) {
      if (last === undefined) return false
      insertLine(editing, endOf(editing, list.items[last]), writeYaml([b]), column)
    } else if (from !== undefined && a !== undefined && b !== undefined) {
      last = from
      if (sameJson(a, b) || into(editing, item, a, b)) continue
      replace(editing, list.flow ? startOf(item) : dash(from) + 1, item, b, list.flow, column)
    }
  }
  return true
}

/** Writes another value in the place of one, behind its key or dash. A comment beside the old one stays on the line. */
function replace(
  { text, edits }: Editing,
  start: number,
  node: unknown,
  value: Json,
  flow: boolean | undefined,
  column: number,
): void {
  const end = Math.max(start, endOf({ text }, node))
  const gap = flow && /\s/.test(text[start] ?? '') ? ' ' : ''
  if (flow) {
    edits.push({ start, end, text: gap + writeFlow(value, typeof value === 'string' ? node : undefined) })
    return
  }
  const short = (isMap(node) || isSeq(node)) && node.flow ? writeFlow(value) : ''
  const fresh = short !== '' && short.length <= 100 && typeof value === 'object' ? ` ${short}` : block(value, node)
  const [first = '', ...lines] = fresh.split('\n')
  const head = /^[^\S\n]*(?:[|>][-+\d]*)?[^\S\n]*(#[^\n]*)\n/.exec(text.slice(start, end))?.[1]
  const tail = text.slice(end, lineEnd(text, end)).trimEnd()
  const beside = tail !== '' ? tail : head === undefined ? '' : ` ${head}`
  edits.push({ start, end: end + tail.length, text: [first + beside, ...shifted(lines, column)].join('\n') })
}

/** A value as it stands behind a key, with what stands before its first line. */
function block(value: Json, node: unknown): string {
  return writeYaml({ k: value }, typeof value === 'string' ? node : undefined)
    .slice('k:'.length)
    .replace(/\n$/, '')
}

function shifted(lines: readonly string[], column: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))
}

function insertLine({ text, edits }: Editing, behind: number, fresh: string, column: number): void {
  const at = lineEnd(text, behind)
  edits.push({ start: at, end: at, text: `\n${shifted(fresh.replace(/\n$/, '').split('\n'), column).join('\n')}` })
}

/** Takes lines out, unless something else stands on the first of them. */
function removeLines({ text, edits }: Editing, start: number, end: number): boolean {
  const begin = lineStart(text, start)
  if (text.slice(begin, start).trim() !== '') return false
  edits.push({ start: begin, end: Math.min(text.length, lineEnd(text, end) + 1), text: '' })
  return true
}

function afterColon({ text }: Editing, { key }: Pair): number {
  return text.indexOf(':', (key as Node).range?.[1] ?? 0) + 1
}

function dashOf({ text }: Editing, list: YAMLSeq, index: number, column: number): number {
  const before = index === 0 ? (list.range?.[0] ?? 0) : startOf(list.items[index])
  return index === 0 ? before : text.lastIndexOf(`\n${' '.repeat(column)}-`, before) + 1 + column
}

function startOf(node: unknown): number {
  if (isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0] ?? 0
  return startOf((node as Pair | undefined)?.key)
}

/** Where the last sign of a node is, before the end of its line and a comment there. */
function endOf(editing: Pick<Editing, 'text'>, node: unknown): number {
  const { text } = editing
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOf(editing, node.items.at(-1))
  if (isMap(node) || isSeq(node)) return node.range?.[1] ?? 0
  if (isScalar(node)) {
    const end = node.range?.[1] ?? 0
    return node.type?.startsWith('BLOCK') && text[end - 1] === '\n' ? end - 1 : end
  }
  if (node === null || node === undefined) return 0
  const { key, value } = node as Pair
  return Math.max(afterColon(editing as Editing, { key } as Pair), value ? endOf(editing, value) : 0)
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function columnOf(text: string, at: number): number {
  return at - lineStart(text, at)
}
