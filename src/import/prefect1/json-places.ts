import type { Place } from '../../issue.ts'
import { type Pointer, step } from '../../json.ts'

/** Finds the places of values in a JSON text by their pointers. */
export type FindPlace = (pointer: Pointer) => Place

/** Levels of a JSON text that are read: more than any flow has, and few enough for what is recursive. */
export const maxLevels = 200

/** The offset of the first bracket that is nested too deeply; undefined if there is none. Brackets in texts do not count. */
export function tooDeepAt(text: string): number | undefined {
  let level = 0
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[{\]}]/g)) {
    if (token === '[' || token === '{') level++
    else if (token === ']' || token === '}') level--
    if (level > maxLevels) return index
  }
  return undefined
}

/** The place of an offset. */
export function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { file, line: before.split('\n').length, column: offset - start + 1 }
}

/** Finds places in a valid JSON text, which is only searched if a place is asked for. A pointer without a value is at its nearest parent. */
export function placesIn(file: string, text: string): FindPlace {
  let found: { readonly offsets: ReadonlyMap<Pointer, number>; readonly starts: readonly number[] } | undefined
  return (pointer) => {
    found ??= { offsets: offsetsOf(text), starts: lineStarts(text) }
    const { offsets, starts } = found
    let at = pointer
    while (at !== '' && !offsets.has(at)) at = at.slice(0, at.lastIndexOf('/'))
    const offset = offsets.get(at) ?? 0
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) > offset) high = middle
      else low = middle
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A list or object that is open. */
interface Open {
  readonly pointer: Pointer
  /** The next index of a list. */
  index?: number
  /** The key that was read last, of an object. */
  key?: string
}

function offsetsOf(text: string): Map<Pointer, number> {
  const found = new Map<Pointer, number>()
  const open: Open[] = []
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[{\]},:]|[^\s[\]{},:"]+/g)) {
    const top = open.at(-1)
    if (token === ']' || token === '}') open.pop()
    else if (token === ',' && top) {
      if (top.index === undefined) delete top.key
      else top.index++
    } else if (token === ',' || token === ':') continue
    else if (top && top.index === undefined && top.key === undefined) top.key = JSON.parse(token) as string
    else {
      const pointer = top ? step(top.pointer, top.index ?? top.key ?? '') : ''
      found.set(pointer, index)
      if (token === '[') open.push({ pointer, index: 0 })
      else if (token === '{') open.push({ pointer })
    }
  }
  return found
}
