import fc from 'fast-check'

/*
 * Changes documents by their structure. A tree keeps what JavaScript objects do not: keys that occur twice or are `__proto__`,
 * and scalars as they are written, such as 1e400 or an alias.
 */

/** A scalar as it is written in the text. */
export interface Raw {
  readonly raw: string
}
/** A mapping, as its pairs. */
export interface Mapping {
  pairs: [key: string, value: Tree][]
}
export type Tree = Raw | Mapping | Tree[]

/** Names that every object inherits, and keys that YAML or a document gives a meaning. */
export const trapWords = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'length',
    '<<',
    '',
    '0',
    '-1',
    '/',
    '~1',
    '*',
  ],
  ...[
    'kind',
    'key',
    'refs',
    'spec',
    'secrets',
    'plain',
    'env',
    'age',
    'type',
    'name',
    'match',
    'version',
    'null',
    '\u0000',
  ],
] as const

const rawTraps = [
  ...[
    'null',
    '~',
    'true',
    'yes',
    '0',
    '-0',
    '-1',
    '5.0',
    '1e400',
    '1e22',
    '.inf',
    '.nan',
    '0x1F',
    '0o7',
    '012',
    '1:30',
    '2020-01-01',
  ],
  ...[
    '12345678901234567890',
    '1000000000000000',
    '9'.repeat(400),
    '""',
    "''",
    '[]',
    '{}',
    '[[]]',
    '[{}]',
    '*a',
    '&a b',
    '!!str 1',
    '!x',
  ],
  ...[
    '<<',
    '=',
    '?',
    '|',
    '>-',
    '"\\ud800"',
    '"\\u0000"',
    '"\\u0085\\u2028\\u202e"',
    '"a\\n---\\nb"',
    '"<ref:"',
    '"<<ref:"',
  ],
  ...[
    '"<ref:variable/a>"',
    '"<ref:flow/>"',
    '"$' + '{env:constructor}"',
    '"$' + '{json:A}"',
    '"{{ a"',
    '"{% for"',
    '"* * * * *"',
    '"@constructor"',
  ],
  ...[
    '"P1D"',
    '"FREQ=DAILY"',
    '"2020-02-30T00:00:00Z"',
    '"variable/a"',
    '"/"',
    '"**"',
    '"{a,b"',
    '"AGE-SECRET-KEY-1"',
    '"age1"',
  ],
  ...trapWords.map((word) => JSON.stringify(word)),
].map((raw): Raw => ({ raw }))

/** What is put into texts. */
const pieces = [
  ...'{}[]"\':,-#&*!|>%@`\\ \n\t\r=?~0',
  ...[
    '---\n',
    '...\n',
    '\n  ',
    ': ',
    '- ',
    '<<: ',
    '&a ',
    '*a',
    '!!x ',
    '\r',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\0',
    '""',
    '[[table]]',
    '[a]\n',
  ],
  ...['"""', "'''", '$' + '{A}', '=', 'null', '1e999', '__proto__', 'constructor: ', '\u061c', '\ud800'],
] as const

const structural = [
  'delete',
  'duplicate',
  'replace',
  'swap',
  'deepen',
  'widen',
  'rename',
  'copy',
  'empty',
  'alias',
] as const
const textual = ['cut', 'insert', 'flip', 'repeat line', 'swap lines', 'remove line', 'repeat', 'end'] as const

/** One change. `at` and `with` choose places, however many there are. */
export interface Mutation {
  readonly op: (typeof structural)[number]
  readonly at: number
  readonly with: number
}
/** One change of a text. */
export interface TextMutation {
  readonly op: (typeof textual)[number]
  readonly at: number
  readonly with: number
}

const place = fc.nat({ max: 1_000_000 })

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({ op: fc.constantFrom(...structural), at: place, with: place }),
  { minLength: 0, maxLength: 4 },
)
export const textMutations: fc.Arbitrary<readonly TextMutation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ op: fc.constantFrom(...textual), at: place, with: place }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
)

/** JSON as a tree. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value === 'object' && value !== null && 'isLosslessNumber' in value) return { raw: String(value) }
  if (typeof value !== 'object' || value === null) return { raw: JSON.stringify(value) }
  return { pairs: Object.entries(value).map(([key, item]) => [key, treeOf(item)]) }
}

function copyOf(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(copyOf)
  return 'pairs' in tree ? { pairs: tree.pairs.map(([key, value]) => [key, copyOf(value)]) } : tree
}

/** Where a node is: it can be replaced, and removed from what contains it. */
interface Slot {
  get(): Tree
  set(tree: Tree): void
  remove(): void
  insert(tree: Tree): void
  rename?(key: string): void
}

function slotsOf(root: Tree[]): Slot[] {
  const slots: Slot[] = []
  const open: Tree[] = [root]
  for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
    if (Array.isArray(tree)) {
      const list = tree
      for (const [index, item] of list.entries()) {
        open.push(item)
        slots.push(slotIn(list, index))
      }
    } else if ('pairs' in tree)
      for (const pair of tree.pairs) {
        open.push(pair[1])
        slots.push(pairSlot(tree, pair))
      }
  }
  return slots
}

function slotIn(list: Tree[], index: number): Slot {
  return {
    get: () => list[index] ?? [],
    set: (tree) => list.splice(index, 1, tree),
    remove: () => list.splice(index, 1),
    insert: (tree) => list.splice(index, 0, tree),
  }
}

function pairSlot(mapping: Mapping, pair: [string, Tree]): Slot {
  return {
    get: () => pair[1],
    set: (tree) => {
      pair[1] = tree
    },
    remove: () => {
      mapping.pairs = mapping.pairs.filter((one) => one !== pair)
    },
    insert: (tree) => mapping.pairs.push([pair[0], tree]),
    rename: (key) => {
      pair[0] = key
    },
  }
}

const depths = [1, 1, 2, 3, 5, 10]
const widths = [2, 3, 5, 10]
/** What takes long to read is rare. */
const rareDepths = [150, 197, 198, 199, 200, 201, 202, 3000]
const isRare = (number: number) => number % 40 === 0

function picked<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T
}

/** Nodes of documents that are changed further. */
const most = 5000

/** Changes documents; the originals stay as they are. */
export function mutated(documents: readonly Tree[], changes: readonly Mutation[]): Tree[] {
  const root = documents.map(copyOf)
  for (const change of changes) {
    const slots = slotsOf(root)
    // Changes that widen what was widened would not end.
    if (slots.length > most) break
    if (slots.length > 0) mutate(picked(slots, change.at), picked(slots, change.with), change)
  }
  return root
}

function mutate(slot: Slot, other: Slot, { op, with: number }: Mutation): void {
  const tree = slot.get()
  if (op === 'delete') slot.remove()
  else if (op === 'duplicate') slot.insert(copyOf(tree))
  else if (op === 'replace') slot.set(picked(rawTraps, number))
  else if (op === 'empty') slot.set(picked([[], { pairs: [] }, { raw: 'null' }, { raw: '""' }], number))
  else if (op === 'copy') slot.set(copyOf(other.get()))
  else if (op === 'swap') {
    slot.set(copyOf(other.get()))
    other.set(copyOf(tree))
  } else if (op === 'deepen')
    slot.set(deepened(tree, picked(isRare(number) ? rareDepths : depths, number >> 3), number % 3 === 0))
  else if (op === 'widen') slot.set(widened(tree, isRare(number) ? 300 : picked(widths, number)))
  else if (op === 'rename') slot.rename?.(picked(trapWords, number))
  else if ('raw' in tree) {
    slot.set({ raw: `&a ${tree.raw}` })
    other.set({ raw: '*a' })
  }
}

function deepened(tree: Tree, levels: number, lists: boolean): Tree {
  let out = tree
  for (let level = 0; level < levels; level++) out = lists ? [out] : { pairs: [['a', out]] }
  return out
}

function widened(tree: Tree, width: number): Tree {
  const items = Array.from({ length: width }, (_, index) => index)
  if (Array.isArray(tree)) return items.flatMap(() => tree.slice(0, 3).map(copyOf))
  if (!('pairs' in tree)) return items.map(() => tree)
  return { pairs: [...tree.pairs, ...items.map((index): [string, Tree] => [`x${index}`, { raw: '1' }])] }
}

/** A tree on one line: JSON, which YAML also reads, but for the scalars. */
export function flowText(tree: Tree): string {
  const out: string[] = []
  const open: (Tree | string)[] = [tree]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') out.push(one)
    else if (Array.isArray(one)) {
      open.push(']')
      for (let at = one.length - 1; at >= 0; at--) open.push(one[at] as Tree, at > 0 ? ', ' : '')
      open.push('[')
    } else if ('pairs' in one) {
      open.push('}')
      for (let at = one.pairs.length - 1; at >= 0; at--) {
        const [key, value] = one.pairs[at] as [string, Tree]
        open.push(value, `${at > 0 ? ', ' : ''}${JSON.stringify(key)}: `)
      }
      open.push('{')
    } else out.push(one.raw)
  }
  return out.join('')
}

/** A tree as a block of YAML, as people write it. What is nested deeply is on one line. */
export function blockText(tree: Tree, indent = ''): string {
  if (indent.length > 40) return `${flowText(tree)}\n`
  if (Array.isArray(tree) && tree.length > 0)
    return `\n${tree.map((item) => `${indent}- ${blockText(item, `${indent}  `).replace(/^\n\s*/, '')}`).join('')}`
  if ('pairs' in tree && tree.pairs.length > 0)
    return `\n${tree.pairs.map(([key, value]) => `${indent}${keyText(key)}: ${blockText(value, `${indent}  `)}`).join('')}`
  return `${flowText(tree)}\n`
}

function keyText(key: string): string {
  return /^[a-z_<]+$/i.test(key) ? key : JSON.stringify(key)
}

/** Changes a text. */
export function mutatedText(text: string, changes: readonly TextMutation[]): string {
  return changes.reduce((now, { op, at, with: number }) => {
    const start = at % (now.length + 1)
    const lines = now.split('\n')
    const [line, other] = [at % lines.length, number % lines.length]
    switch (op) {
      case 'cut':
        return now.slice(0, start) + now.slice(start + 1 + (number % 30))
      case 'insert':
        return now.slice(0, start) + picked(pieces, number) + now.slice(start)
      case 'flip':
        return (
          now.slice(0, start) + String.fromCharCode(now.charCodeAt(start) ^ (1 << (number % 8))) + now.slice(start + 1)
        )
      case 'repeat line':
        return [...lines.slice(0, line), lines[other], ...lines.slice(line)].join('\n')
      case 'swap lines':
        return lines
          .map((one, index) => (index === line ? lines[other] : index === other ? lines[line] : one))
          .join('\n')
      case 'remove line':
        return lines.toSpliced(line, 1).join('\n')
      case 'repeat':
        return now.slice(0, start) + picked(pieces, number).repeat(isRare(number) ? 1000 : 3) + now.slice(start)
      default:
        return now.slice(0, start)
    }
  }, text)
}
