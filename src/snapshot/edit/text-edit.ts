import { isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml'
import type { Json, JsonObject } from '../../json.ts'
import { writeFlow, writeYaml } from '../yaml/write-yaml.ts'
import { endOf, lineEnd, lineStart, startOf } from './node-range.ts'

/** A range of a text, and its replacement. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits, which must not overlap. Edits at the same position keep their order. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let copiedTo = 0
  for (const { start, end, text: own } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(copiedTo, start), own)
    copiedTo = end
  }
  return parts.join('') + text.slice(copiedTo)
}

/** A text and its edits. */
export interface Edited {
  readonly text: string
  readonly edits: Edit[]
}

/** The position of a value to replace. */
export interface Slot {
  /** Offset after its key or dash. */
  readonly start: number
  readonly node: unknown
  /** Whether it is in a flow collection. */
  readonly flow: boolean
  /** Column of the key or dash. */
  readonly column: number
}

/**
 * Replaces a value, with an anchor if one is given; an existing anchor is kept. A comment beside the old value stays on
 * its line.
 */
export function replaceValue({ text, edits }: Edited, slot: Slot, value: Json, anchor: string | undefined): void {
  const { start, node, flow, column } = slot
  const end = Math.max(start, endOf(text, node))
  const named = anchor === undefined ? anchorIn(text, slot) : `&${anchor}`
  if (flow) {
    const gap = /\s/.test(text[start] ?? '') ? ' ' : ''
    const replacement = writeFlow(value, typeof value === 'string' ? node : undefined)
    edits.push({ start, end, text: gap + (named === '' ? '' : `${named} `) + replacement })
    return
  }
  const short = (isMap(node) || isSeq(node)) && node.flow ? writeFlow(value) : ''
  const replacement =
    short !== '' && short.length <= 100 && typeof value === 'object' ? ` ${short}` : block(value, node)
  const [first = '', ...lines] = ((named === '' ? '' : ` ${named}`) + replacement).split('\n')
  const head = /^[^\S\n]*(?:&\S+[^\S\n]*)?(?:[|>][-+\d]*[^\S\n]*)?(#[^\n]*)\n/.exec(text.slice(start, end))?.[1]
  const tail = text.slice(end, lineEnd(text, end)).trimEnd()
  const beside = tail !== '' ? tail : head === undefined ? '' : ` ${head}`
  edits.push({ start, end: end + tail.length, text: [first + beside, ...shifted(lines, column)].join('\n') })
}

/** The anchor in a slot, as text. */
function anchorIn(text: string, { start, node }: Slot): string {
  const anchor = isNode(node) && !isAlias(node) ? (node as { anchor?: string }).anchor : undefined
  return anchor !== undefined && text.slice(start, startOf(text, node)).includes(`&${anchor}`) ? `&${anchor}` : ''
}

/** Formats a value for the position after a key, including the white space before it. */
function block(value: Json, node: unknown): string {
  return writeYaml({ k: value }, typeof value === 'string' && isScalar(node) ? node : undefined)
    .slice('k:'.length)
    .replace(/\n$/, '')
}

function shifted(lines: readonly string[], column: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))
}

/** Inserts lines after the line of an offset. */
export function insertLines({ text, edits }: Edited, behind: number, value: Json, column: number): void {
  const at = lineEnd(text, behind)
  const lines = writeYaml(value).replace(/\n$/, '').split('\n')
  edits.push({ start: at, end: at, text: `\n${shifted(lines, column).join('\n')}` })
}

/** Removes lines, unless the first of them has other content. Returns whether it succeeded. */
export function removeLines({ text, edits }: Edited, start: number, end: number): boolean {
  const begin = lineStart(text, start)
  if (text.slice(begin, start).trim() !== '') return false
  edits.push({ start: begin, end: Math.min(text.length, lineEnd(text, end) + 1), text: '' })
  return true
}

/** Replaces a pair of a block mapping by fields. A comment beside it moves below them. */
export function replacePair({ text, edits }: Edited, pair: Pair, fields: JsonObject, column: number): void {
  const [start, end] = [startOf(text, pair), endOf(text, pair)]
  const tail = text.slice(end, lineEnd(text, end)).trimEnd()
  const [first = '', ...lines] = writeYaml(fields).replace(/\n$/, '').split('\n')
  const below = tail === '' ? lines : [...lines, tail.trim()]
  edits.push({ start, end: end + tail.length, text: [first, ...shifted(below, column)].join('\n') })
}

/** Inserts a field into a flow mapping, after one of its pairs. */
export function insertFlowPair({ text, edits }: Edited, pair: Pair, field: JsonObject): void {
  const at = endOf(text, pair)
  edits.push({ start: at, end: at, text: `, ${writeFlow(field).slice(1, -1)}` })
}
