import { isExact } from '../json/number.ts'
import { isNumber, isObject, type Json, type Pointer, step } from '../json.ts'
import type { Rule } from '../kind.ts'

/** The digits of a number that is an integer; undefined for other values. */
function integerOf(value: Json): bigint | undefined {
  if (!isNumber(value)) return undefined
  const digits = isExact(value) ? value.value : String(value)
  if (/^-?\d+$/.test(digits)) return BigInt(digits)
  const number = Number(digits)
  // Without a fraction or exponent as written, it is a float for Prefect.
  return isExact(value) || !Number.isInteger(number) ? undefined : BigInt(number)
}

/**
 * The rule for a number that is stored in a column of the database: SQLite has 64 bits there, PostgreSQL 32. A snapshot does
 * not know the database of its destination, so what only PostgreSQL refuses is a warning.
 */
export const columnRule: Rule = {
  name: 'integer-size',
  doc: 'The integer is less than 2^63, and for a server on PostgreSQL less than 2^31.',
  source: 'prefect/server/database/orm_models.py: columns of type Integer',
  *find(value) {
    const integer = integerOf(isObject(value) && !isExact(value) && value.limit !== undefined ? value.limit : value)
    if (integer === undefined || BigInt.asIntN(32, integer) === integer) return
    const isTooLong = BigInt.asIntN(64, integer) !== integer
    yield {
      pointer: '',
      problem: isTooLong
        ? `the integer ${integer}, which its database cannot store`
        : `the integer ${integer} if its database is PostgreSQL, which stores 32 bits; SQLite stores 64`,
      fix: 'Write a smaller number.',
      ...(isTooLong ? {} : { severity: 'warning' as const }),
    }
  },
}

/** The rule for the numbers in the value of a variable. Other JSON may have any integers. */
export const jsonIntegerRule: Rule = {
  name: 'json-integers',
  doc: 'Every integer is from -2^63 to 2^64-1.',
  source: 'prefect/types/__init__.py: check_variable_value',
  *find(value) {
    for (const { integer, pointer } of integersIn(value, ''))
      if (integer < -(2n ** 63n) || integer >= 2n ** 64n)
        yield {
          pointer,
          problem: `the integer ${integer}, which has more than 64 bits`,
          fix: 'Write it as text, or as a float.',
        }
  },
}

function* integersIn(
  value: Json,
  pointer: Pointer,
): Generator<{ readonly integer: bigint; readonly pointer: Pointer }> {
  const integer = integerOf(value)
  if (integer !== undefined) yield { integer, pointer }
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* integersIn(item, step(pointer, index))
  else if (isObject(value) && !isExact(value))
    for (const [key, item] of Object.entries(value)) yield* integersIn(item, step(pointer, key))
}
