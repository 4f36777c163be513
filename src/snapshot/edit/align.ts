import { isObject, type Json, sameJson } from '../../json.ts'

/** A pair of an item before and an item after; `from` alone is a removed item, `to` alone an added one. */
export interface Aligned {
  readonly from?: number
  readonly to?: number
}

/** With more pairs, lists are aligned by index. */
const maxPairs = 250_000

/** Aligns two lists so that as few items as possible change. Items with a slug or a name are identified by it. */
export function align(before: readonly Json[], after: readonly Json[]): Aligned[] {
  const out: Aligned[] = []
  let [i, j] = [0, 0]
  for (const [a, b] of [...common(before, after), [before.length, after.length] as const]) {
    // Between two matches, removed and added items are paired in order.
    while (i < a && j < b) out.push({ from: i++, to: j++ })
    while (i < a) out.push({ from: i++ })
    while (j < b) out.push({ to: j++ })
    if (a < before.length) out.push({ from: i++, to: j++ })
  }
  return out
}

/** The longest common subsequence, as pairs of indexes. */
function common(before: readonly Json[], after: readonly Json[]): (readonly [number, number])[] {
  const width = after.length + 1
  if (before.length * after.length > maxPairs) return []
  const longest = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => longest[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] = isSame(before[i], after[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const pairs: (readonly [number, number])[] = []
  for (let [i, j] = [0, 0]; i < before.length && j < after.length; ) {
    if (isSame(before[i], after[j])) pairs.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return pairs
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  const name = nameOf(a)
  return name === undefined ? sameJson(a, b) : name === nameOf(b)
}

function nameOf(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const name = value.slug ?? value.name
  return typeof name === 'string' ? name : undefined
}
