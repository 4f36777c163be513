import { isObject, type Json, sameJson } from '../../json.ts'

/** Beside each other: an item before and one after; one of them alone is taken out or put in. */
export interface Aligned {
  readonly from?: number
  readonly to?: number
}

/** Beyond so many pairs lists are compared by place alone. */
const most = 250_000

/** Two lists side by side, so that as few items as possible change; items with a slug or a name go by it. */
export function align(before: readonly Json[], after: readonly Json[]): Aligned[] {
  const out: Aligned[] = []
  let [i, j] = [0, 0]
  for (const [a, b] of [...common(before, after), [before.length, after.length] as const]) {
    // Between two that stay, what is gone and what is new change into each other in order.
    while (i < a && j < b) out.push({ from: i++, to: j++ })
    while (i < a) out.push({ from: i++ })
    while (j < b) out.push({ to: j++ })
    if (a < before.length) out.push({ from: i++, to: j++ })
  }
  return out
}

/** The longest common subsequence, as pairs of places. */
function common(before: readonly Json[], after: readonly Json[]): (readonly [number, number])[] {
  const width = after.length + 1
  if (before.length * after.length > most) return []
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
