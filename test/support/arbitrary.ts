import fc from 'fast-check'
import { floatOf, numberOf } from '../../src/json/number.ts'
import type { Json } from '../../src/json.ts'

/** Text that every server can store: any characters except for NUL, with frequent special characters of YAML, tokens and pointers. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((text) => text.replace(/[\ud800-\udfff]/gu, '').replaceAll('\0', '')),
  fc.constantFrom(
    '',
    ' ',
    '~',
    '/',
    '%',
    '>',
    '<',
    '<ref:',
    '<<ref:',
    'yes',
    'null',
    '~0',
    '5.0',
    '1e3',
    '0x1F',
    '.inf',
  ),
  fc.constantFrom(
    '---',
    '...',
    '- a',
    'a: b',
    '# c',
    '\n',
    'a\n---\nb',
    '\t',
    ' a',
    'a ',
    '\r\n',
    '\u2028',
    '\ufeff',
    '&a',
    '*a',
  ),
  fc.constantFrom(
    '!!str',
    '{a',
    '[a',
    '"',
    "'",
    '|',
    '>-',
    '?',
    ':',
    'a:',
    '<<',
    '=',
    '%YAML',
    '012',
    '1:30',
    '2020-01-01',
  ),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', '-', ':', '#', "'", '"', '\\'), maxLength: 60 }),
  // Long enough for several lines, with a character that has to be quoted.
  fc.string({ unit: fc.constantFrom('word', ' ', '\n', '\n', '\t', '\u0001'), minLength: 20, maxLength: 40 }),
)

/** Safe and large integers, and floats. */
const anyNumber: fc.Arbitrary<Json> = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => numberOf(String(value))),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatOf),
  fc.integer().map(floatOf),
)

const anyKey = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString', '0', '10', 'a', 'b'))

/** Any JSON value. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    anyNumber,
    anyText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

/** An arbitrary JSON object; the canonical form sorts its keys. */
export const anyObject = fc.dictionary(anyKey, anyJson, { maxKeys: 4, noNullPrototype: true })
