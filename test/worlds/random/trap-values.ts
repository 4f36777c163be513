import { LosslessNumber } from 'lossless-json'
import type { Row, Value } from '../world-json.ts'
import type { Chance } from './chance.ts'
import { anyText, trapTexts } from './trap-texts.ts'

const number = (text: string) => new LosslessNumber(text)

const numbers: readonly Value[] = [
  ...[
    '0',
    '-0',
    '0.0',
    '-0.0',
    '1',
    '-1',
    '1.0',
    '1.5',
    '0.1',
    '1e3',
    '1E3',
    '1e-7',
    '1e21',
    '1e22',
    '1e300',
    '5e-324',
    '2.2250738585072014e-308',
  ],
  ...[
    '1.7976931348623157e308',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740991',
    '9007199254740993',
    '-9007199254740993',
    '9223372036854775807',
  ],
  ...[
    '9223372036854775808',
    '18446744073709551615',
    '18446744073709551616',
    '123456789012345678901234567890',
    '0.30000000000000004',
    '1e16',
    '1e15',
    '123456789.123456789',
    '100000000000000000000',
  ],
].map(number)

const empties: readonly Value[] = [
  null,
  '',
  [],
  {},
  [[]],
  [{}],
  { a: {} },
  { a: [] },
  [null],
  { '': '' },
  { '': null },
  true,
  false,
]

/** Any JSON value that a server might take: numbers are exact. */
export function anyValue(chance: Chance, depth = 3): Value {
  const way = chance.below(depth > 0 ? 8 : 5)
  if (way === 0) return chance.pick(numbers)
  if (way === 1) return chance.pick(empties)
  if (way === 2) return chance.pick(trapTexts)
  if (way <= 4) return anyText(chance)
  if (way === 5) return chance.times(chance.below(5), () => anyValue(chance, depth - 1))
  return anyRow(chance, depth - 1)
}

/** Any JSON object. */
export function anyRow(chance: Chance, depth = 3): Row {
  const entries = chance.times(
    chance.below(6),
    () => [chance.oneIn(2) ? chance.pick(trapTexts) : anyText(chance), anyValue(chance, depth)] as const,
  )
  // Not an assignment, which would lose `__proto__`.
  return Object.fromEntries(entries)
}

/** A value inside of `depth` lists and maps. */
export function nested(chance: Chance, depth: number): Value {
  let value = anyValue(chance, 0)
  for (let level = 0; level < depth; level += 1)
    value = chance.oneIn(2) ? [value] : { [chance.pick(['a', '', '- ', 'x: y'])]: value }
  return value
}
