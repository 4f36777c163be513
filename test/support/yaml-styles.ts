import { LosslessNumber } from 'lossless-json'
import type { Json } from '../../src/json.ts'

const exact = (text: string) => new LosslessNumber(text)

/** Documents in the styles in which people write YAML, with their values: both readers read each of them. */
export const yamlStyles: readonly (readonly [name: string, text: string, value: Json])[] = [
  ['comments', '# why\n\na: 1 # one\n  # of two\nb: "x" # y\nc: x#y\n', { a: 1, b: 'x', c: 'x#y' }],
  ['lists as far to the left as their key', 'a:\n- b\n- c: 1\n  d:\n  - 2\n', { a: ['b', { c: 1, d: [2] }] }],
  ['lists in lists', 'a:\n  - - 1\n    - b: 2\n      c: 3\n  -\n    d: 4\n', { a: [[1, { b: 2, c: 3 }], { d: 4 }] }],
  [
    'lists on one line',
    `a: [b, 'c', "d", 1.0, [], {}, [2], null,]\n`,
    { a: ['b', 'c', 'd', exact('1.0'), [], {}, [2], null] },
  ],
  [
    'mappings on one line',
    'a: {type: string, format: date, "b":1, c: {d: [e]}, f: , g: http://x}\n',
    { a: { type: 'string', format: 'date', b: 1, c: { d: ['e'] }, f: null, g: 'http://x' } },
  ],
  ['braces over several lines', 'a: {\n  b: c, # d\n  e: [\n    1,\n    2\n  ]\n }\n', { a: { b: 'c', e: [1, 2] } }],
  ['a pair in a list', 'a: [b: c, "d": e]\n', { a: [{ b: 'c' }, { d: 'e' }] }],
  [
    'literal texts',
    'a: |\n  b: c\n\n   d\ne: |-\n\n  f\n  \ng:\n  - |+\n    h\n\n',
    { a: 'b: c\n\n d\n', e: '\nf', g: ['h\n\n'] },
  ],
  ['literal texts with an indentation', 'a: |2-\n    b\n   c\n', { a: '  b\n c' }],
  ['folded texts', 'a: >\n  b\n  c\n\n  d\n    e\n  f\ng: >-\n  h\n', { a: 'b c\nd\n  e\nf\n', g: 'h' }],
  [
    'texts over several lines',
    'a: b\n  c\n\n  d\ne: "f\n  g\\\n  h"\ni: \'j\n\n  k\'\n',
    { a: 'b c\nd', e: 'f gh', i: 'j\nk' },
  ],
  ['escapes', `a: "\\x41\\u00e9\\n\\"\\t"\nb: 'it''s'\n`, { a: 'Aé\n"\t', b: "it's" }],
  ['lines that end as on Windows', 'a: |\r\n  b\r\nc: d\r\n', { a: 'b\n', c: 'd' }],
  ['lines that end as on old systems', 'a: |\r  b\rc: d\r', { a: 'b\n', c: 'd' }],
  ['what it has no value for', 'a:\nb: ~\nc:\n  - \n  -\n', { a: null, b: null, c: [null, null] }],
  [
    'words of YAML 1.1 as texts',
    'a: [yes, no, on, Off, y, N, =, 0b11, 1_000, 1:30, 2001-12-14, 2001-12-14t21:59:43.10-05:00]\n',
    {
      a: [
        'yes',
        'no',
        'on',
        'Off',
        'y',
        'N',
        '=',
        '0b11',
        '1_000',
        '1:30',
        '2001-12-14',
        '2001-12-14t21:59:43.10-05:00',
      ],
    },
  ],
  [
    'words of YAML 1.2',
    'a: [true, False, TRUE, null, Null, ~, tRue, nUll]\n',
    { a: [true, false, true, null, null, null, 'tRue', 'nUll'] },
  ],
  [
    'numbers',
    'a: [0, -1, +1, 007, 0o7, 0x1F, 1.0, .5, -0.0, 1e3, 1e-7, 1.5e+22, 9007199254740993]\n',
    {
      a: [
        0,
        -1,
        1,
        7,
        7,
        31,
        exact('1.0'),
        0.5,
        exact('-0.0'),
        exact('1000.0'),
        1e-7,
        exact('1.5e+22'),
        exact('9007199254740993'),
      ],
    },
  ],
  [
    'texts like numbers',
    'a: [08:00, 1.2.3, 0x, 0o8, "1", 1e, e1, 1.e, --, +, .]\n',
    { a: ['08:00', '1.2.3', '0x', '0o8', '1', '1e', 'e1', '1.e', '--', '+', '.'] },
  ],
  [
    'texts with signs',
    'a: ?b\nc: :d\ne: -f\ng: h?i\nj: k=l\nm: n:o\n',
    { a: '?b', c: ':d', e: '-f', g: 'h?i', j: 'k=l', m: 'n:o' },
  ],
  ['texts that are not English', 'é: ü\n日本: 東京 😀\n', { é: 'ü', 日本: '東京 😀' }],
  [
    'keys that look like other values',
    '1: a\n1.0: b\nnull: c\ntrue: d\n0x1F: e\n',
    { '1': 'a', '1.0': 'b', null: 'c', true: 'd', '0x1F': 'e' },
  ],
  ['keys of several words', 'a b: 1\n"c: d": 2\n\'e\': 3\nf : 4\n', { 'a b': 1, 'c: d': 2, e: 3, f: 4 }],
  ['keys with a question mark', '? a\n: b\n? c\n', { a: 'b', c: null }],
  ['__proto__', '__proto__:\n  a: 1\n', JSON.parse('{"__proto__":{"a":1}}') as Json],
  [
    'anchors and aliases',
    'a: &x {b: 1}\nc: *x\nd: &y text\ne: [*y, *x]\n',
    { a: { b: 1 }, c: { b: 1 }, d: 'text', e: ['text', { b: 1 }] },
  ],
  [
    'merge keys',
    'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne: {c: 4, <<: [*x, {f: 5}]}\n',
    { a: { b: 1, c: 2 }, d: { c: 3, b: 1 }, e: { c: 4, b: 1, f: 5 } },
  ],
  ['a quoted merge key', 'a: {"<<": 1}\n', { a: { '<<': 1 } }],
  ['a list', '- a\n- b: 1\n', ['a', { b: 1 }]],
  ['a text', 'only words', 'only words'],
]
