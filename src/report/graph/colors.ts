/** Colors of kinds, assigned in order; distinguishable on light and dark backgrounds. */
const palette = [
  '#4c78d8',
  '#c2571a',
  '#2f9e6e',
  '#a44fc4',
  '#c9971c',
  '#2a9fb8',
  '#d1487f',
  '#6b7f1f',
  '#7a6ae0',
  '#b3413c',
  '#3f8f3a',
  '#8a6d5a',
  '#5f7f9f',
] as const

/** The color of each kind, assigned in the order of first occurrence. */
export function colorsOf(kinds: Iterable<string>): ReadonlyMap<string, string> {
  const out = new Map<string, string>()
  for (const kind of kinds) if (!out.has(kind)) out.set(kind, palette[out.size % palette.length] ?? palette[0])
  return out
}
