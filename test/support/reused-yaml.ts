import fc from 'fast-check'

type Gen = fc.GeneratorValue

/** Anchors of a document so far, with the sort of value that each names. */
type Anchors = Map<string, 'mapping' | 'other'>

const scalars = ['a', 'b c', '1', '2.0', 'null', 'true', '"q"', "'s'", '[]', '[1, 2]']
const keys = ['a', 'b', 'c', 'd', '"<<"', 'e f']

/** The text of a YAML mapping that reuses its parts: anchors, aliases, and `<<` with one or several sources. */
export function reusedYaml(gen: Gen, depth = 3, indent = '', anchors: Anchors = new Map()): string {
  const own = gen(fc.shuffledSubarray<string>, keys, { minLength: 1, maxLength: 4 })
  const at = gen(fc.nat, 2 * own.length)
  return own
    .map((key, index) => {
      const merge = index === at && hasMapping(anchors) ? `${indent}<<: ${sources(gen, anchors)}${end(gen)}` : ''
      return `${merge}${above(gen, indent)}${indent}${key}:${value(gen, depth, indent, anchors)}`
    })
    .join('')
}

function value(gen: Gen, depth: number, indent: string, anchors: Anchors): string {
  const form = gen(fc.nat, depth > 0 ? 8 : 4)
  if (form === 0 && anchors.size > 0) return ` *${one(gen, [...anchors.keys()])}${end(gen)}`
  const name = gen(fc.nat, 1) === 0 ? newName(gen, anchors) : undefined
  const start = name === undefined ? '' : ` &${name}`
  const isMapping = form === 1 || form > 5
  // Within its own value an anchor means nothing.
  if (name !== undefined) anchors.delete(name)
  const text =
    form < 3
      ? ` ${flow(gen, anchors, form === 1)}${end(gen)}`
      : form === 3
        ? ` |\n${indent}    t: *u # v\n${indent}    w\n`
        : form > 5
          ? `${end(gen)}${reusedYaml(gen, depth - 1, `${indent}  `, anchors)}`
          : depth > 0
            ? `${end(gen)}${items(gen, depth, `${indent}  `, anchors)}`
            : ` ${one(gen, scalars)}${end(gen)}`
  // One within it that has the same name comes later, and stays.
  if (name !== undefined && !anchors.has(name)) anchors.set(name, isMapping ? 'mapping' : 'other')
  return start + text
}

function items(gen: Gen, depth: number, indent: string, anchors: Anchors): string {
  const count = gen(fc.integer, { min: 1, max: 3 })
  return Array.from({ length: count }, () => `${indent}-${value(gen, depth - 1, `${indent}  `, anchors)}`).join('')
}

function flow(gen: Gen, anchors: Anchors, isMapping: boolean): string {
  const part = () =>
    anchors.size > 0 && gen(fc.boolean)
      ? `*${one(gen, [...anchors.keys()])}`
      : `${named(gen, anchors)}${one(gen, scalars)}`
  if (!isMapping) return gen(fc.boolean) ? one(gen, scalars) : `[${part()}, ${part()}]`
  const merge = hasMapping(anchors) && gen(fc.boolean) ? `<<: ${sources(gen, anchors)}, ` : ''
  return `{${merge}a: ${part()}, c: ${part()} }`
}

function named(gen: Gen, anchors: Anchors): string {
  if (gen(fc.boolean)) return ''
  const name = newName(gen, anchors)
  anchors.set(name, 'other')
  return `&${name} `
}

/** Rarely one that is there already, which then means another value from there on. */
function newName(gen: Gen, anchors: Anchors): string {
  const isAgain = anchors.size > 0 && gen(fc.nat, 9) === 0
  return isAgain ? one(gen, [...anchors.keys()]) : `n${gen(fc.nat, 1_000_000)}`
}

function sources(gen: Gen, anchors: Anchors): string {
  const names = [...anchors].flatMap(([name, sort]) => (sort === 'mapping' ? [`*${name}`] : []))
  const all = [...names, '{b: 9, d: 9}']
  return gen(fc.boolean) ? one(gen, names) : `[${one(gen, all)}, ${one(gen, all)}]`
}

function hasMapping(anchors: Anchors): boolean {
  return [...anchors.values()].includes('mapping')
}

function above(gen: Gen, indent: string): string {
  return gen(fc.nat, 4) === 0 ? `${indent}# above\n` : ''
}

function end(gen: Gen): string {
  return gen(fc.nat, 4) === 0 ? ' # beside\n' : '\n'
}

function one(gen: Gen, choices: readonly string[]): string {
  return gen(fc.constantFrom<string[]>, ...choices)
}
