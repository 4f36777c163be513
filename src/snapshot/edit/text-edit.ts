import { isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml'
import type { Json, JsonObject } from '../../json.ts'
import { writeFlow, writeYaml } from '../yaml/yaml.ts'
import { endOf, lineEnd, lineStart, startOf } from './node-range.ts'

/** A part of a text, and what stands in its place. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A text with all its edits; they do not overlap. Of several at one place the first stays first. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let done = 0
  for (const { start, end, text: own } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(done, start), own)
    done = end
  }
  return parts.join('') + text.slice(done)
}

/** A text that is being edited. */
export interface Edited {
  readonly text: string
  readonly edits: Edit[]
}

/** Where a value stands that is replaced. */
export interface Slot {
  /** Behind its key or dash. */
  readonly start: number
  readonly node: unknown
  /** Whether it stands within brackets. */
  readonly flow: boolean
  /** Column of the key or dash. */
  readonly column: number
}

/**
 * Writes another value in the place of one, with an anchor before it if one is given; an anchor that was there stays. A
 * comment beside the old value stays on the line.
 */
export function replaceValue({ text, edits }: Edited, slot: Slot, value: Json, anchor: string | undefined): void {
  const { start, node, flow, column } = slot
  const end = Math.max(start, endOf(text, node))
  const named = anchor === undefined ? anchorIn(text, slot) : `&${anchor}`
  if (flow) {
    const gap = /\s/.test(text[start] ?? '') ? ' ' : ''
    const fresh = writeFlow(value, typeof value === 'string' ? node : undefined)
    edits.push({ start, end, text: gap + (named === '' ? '' : `${named} `) + fresh })
    return
  }
  const short = (isMap(node) || isSeq(node)) && node.flow ? writeFlow(value) : ''
  const fresh = short !== '' && short.length <= 100 && typeof value === 'object' ? ` ${short}` : block(value, node)
  const [first = '', ...lines] = ((named === '' ? '' : ` ${named}`) + fresh).split('\n')
  const head = /^[^\S\n]*(?:&\S+)?[^\S\n]*(?:[|>][-+\d]*)?[^\S\n]*(#[^\n]*)\n/.exec(text.slice(start, end))?.[1]
  const tail = text.slice(end, lineEnd(text, end)).trimEnd()
  const beside = tail !== '' ? tail : head === undefined ? '' : ` ${head}`
  edits.push({ start, end: end + tail.length, text: [first + beside, ...shifted(lines, column)].join('\n') })
}

/** The anchor that is written in a slot, as it is written. */
function anchorIn(text: string, { start, node }: Slot): string {
  const anchor = isNode(node) && !isAlias(node) ? (node as { anchor?: string }).anchor : undefined
  return anchor !== undefined && text.slice(start, startOf(text, node)).includes(`&${anchor}`) ? `&${anchor}` : ''
}

/** A value as it stands behind a key, with what stands before its first line. */
function block(value: Json, node: unknown): string {
  return writeYaml({ k: value }, typeof value === 'string' && isScalar(node) ? node : undefined)
    .slice('k:'.length)
    .replace(/\n$/, '')
}

function shifted(lines: readonly string[], column: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))
}

/** Puts lines in, behind the line of a place. */
export function insertLines({ text, edits }: Edited, behind: number, value: Json, column: number): void {
  const at = lineEnd(text, behind)
  const lines = writeYaml(value).replace(/\n$/, '').split('\n')
  edits.push({ start: at, end: at, text: `\n${shifted(lines, column).join('\n')}` })
}

/** Takes lines out, unless something else stands on the first of them; answers whether it could. */
export function removeLines({ text, edits }: Edited, start: number, end: number): boolean {
  const begin = lineStart(text, start)
  if (text.slice(begin, start).trim() !== '') return false
  edits.push({ start: begin, end: Math.min(text.length, lineEnd(text, end) + 1), text: '' })
  return true
}

/** Writes fields in the place of a pair in a block; a comment beside it stands below them. */
export function replacePair({ text, edits }: Edited, pair: Pair, fields: JsonObject, column: number): void {
  const [start, end] = [startOf(text, pair), endOf(text, pair)]
  const tail = text.slice(end, lineEnd(text, end)).trimEnd()
  const [first = '', ...lines] = writeYaml(fields).replace(/\n$/, '').split('\n')
  const below = tail === '' ? lines : [...lines, tail.trim()]
  edits.push({ start, end: end + tail.length, text: [first, ...shifted(below, column)].join('\n') })
}

/** Puts a field into a mapping within brackets, behind a pair of it. */
export function insertFlowPair({ text, edits }: Edited, pair: Pair, field: JsonObject): void {
  const at = endOf(text, pair)
  edits.push({ start: at, end: at, text: `, ${writeFlow(field).slice(1, -1)}` })
}
