import { isObject, type Json } from '../../src/json.ts'

/** Numbers from 0 up to 1 that a seed determines (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const others: readonly Json[] = [null, true, 0, -1, 1.5, '', 'x', [], {}, [null], { id: 'x' }, '\u001b[31m', 1e15]

/** A value with one random change: a part of another type, a field or an item too few, twice, or nested once more. */
export function mutated(value: Json, random: () => number): Json {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const change = (part: Json): Json => {
    if (Array.isArray(part) && part.length > 0 && random() < 0.85) {
      const at = Math.floor(random() * part.length)
      const way = random()
      if (way < 0.1) return part.toSpliced(at, 1)
      if (way < 0.2) return [...part, part[at] as Json]
      return part.with(at, change(part[at] as Json))
    }
    if (isObject(part) && Object.keys(part).length > 0 && random() < 0.85) {
      const name = pick(Object.keys(part))
      const { [name]: inner, ...rest } = part
      return random() < 0.2 ? rest : { ...part, [name]: change(inner as Json) }
    }
    return random() < 0.1 ? [part] : pick(others)
  }
  return change(value)
}
