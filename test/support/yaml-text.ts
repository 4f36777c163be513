import fc from 'fast-check'

/** Mostly plain forms, and some that are invalid or read in a surprising way. */
type Choices = readonly [usual: readonly string[], odd: readonly string[]]

const values: Choices = [
  [
    'a',
    'x y',
    'a:b',
    'a #c',
    '-a',
    '?b',
    '~',
    'null',
    'True',
    '',
    '2001-01-01',
    '1',
    '1.0',
    '-2',
    '007',
    '1e22',
    '.5',
    '0x1F',
    '"q"',
    "'it''s'",
    '"\\n"',
    '"\\u00e9"',
    '"a" # c',
    '[]',
    '{}',
    '[a, "b"]',
    '[1,2] # c',
    '[[], [{}]]',
    "['x', 1.0, ~]",
    '[a:b]',
  ],
  [
    'a: b',
    '#c',
    '- x',
    ':a',
    'a:',
    'a\tb',
    '.inf',
    '"\\x41"',
    '"a"#c',
    '"a" b',
    '"a',
    "'a'b'",
    '[a,]',
    '[,]',
    '[a  b]',
    '[- a]',
    '[-a]',
    '[-]',
    '[a: b]',
    '["a":b]',
    '[a',
    '[a]]',
    '{a: 1}',
    '[{a: 1}]',
    '[a #c]',
    '[#c]',
    '[a:, b]',
    '[a :b]',
    '&x a',
    '*x',
    '!!str a',
  ],
]
const keys: Choices = [
  ['a', 'b', 'c', 'd', 'e f', '"g"', "'h'", '/x/y', '_a', '$b', 'a@b', 'null'],
  ['a ', "'i''j'", '"k\\n"', '"l": ', '1', '~', 'a: b', '__proto__', '<<', '"<<"', '&x a', '? a', 'é', '-', 'a #b'],
]
const ends: Choices = [
  ['\n', '\n', '\n', ' \n', ' # c\n', '\n\n', '\n# c\n', '\n      # c\n', '\n  \n'],
  ['#c\n', '\t\n', '\n\t# c\n', '\r\n', ' ', ''],
]
const depths: Choices = [['  '], [' ', '    ', '']]
const heads: Choices = [
  ['|\n', '|-\n', '|+\n', '| # c\n'],
  ['|2\n', '>\n', '|#c\n', '|-+\n', '| a\n'],
]
const lines: Choices = [
  ['t', 'a: b', '# c', '- x', 't ', '', '\tt'],
  ['\t', ' ', '   '],
]

type Gen = fc.GeneratorValue

/** The text of a YAML mapping: blocks, items and scalars of every form, sometimes with an error. */
export function nearlyYaml(gen: Gen, depth = 3, indent = ''): string {
  const count = gen(fc.integer, { min: 1, max: 3 })
  const isList = indent !== '' && gen(fc.boolean)
  return Array.from({ length: count }, () => (isList ? item(gen, depth, indent) : entry(gen, depth, indent))).join('')
}

function entry(gen: Gen, depth: number, indent: string): string {
  const start = `${indent}${one(gen, keys)}:`
  return depth === 0 || gen(fc.boolean) ? `${start} ${scalar(gen, indent)}` : `${start}${below(gen, depth, indent)}`
}

function item(gen: Gen, depth: number, indent: string): string {
  if (depth === 0 || gen(fc.boolean)) return `${indent}- ${scalar(gen, indent)}`
  if (gen(fc.boolean)) return `${indent}-${below(gen, depth, indent)}`
  const more = one(gen, depths)
  return `${indent}-${more.slice(1)}${nearlyYaml(gen, depth - 1, indent + more).slice(indent.length + more.length - 1)}`
}

function below(gen: Gen, depth: number, indent: string): string {
  return `${one(gen, ends)}${nearlyYaml(gen, depth - 1, indent + one(gen, depths))}`
}

function scalar(gen: Gen, indent: string): string {
  if (gen(fc.nat, 4) > 0) return `${one(gen, values)}${one(gen, ends)}`
  const count = gen(fc.integer, { min: 1, max: 4 })
  const text = Array.from({ length: count }, () => `${indent}${one(gen, depths)}${one(gen, lines)}\n`)
  return `${one(gen, heads)}${text.join('')}`
}

function one(gen: Gen, [usual, odd]: Choices): string {
  const choices = gen(fc.nat, 19) === 0 ? odd : usual
  return gen(fc.constantFrom<string[]>, ...choices)
}
