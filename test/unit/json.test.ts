import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floatOf, isFloat, numberOf } from '../../src/json/number.ts'
import {
  byCodePoint,
  type Json,
  mapStrings,
  parseJson,
  sameJson,
  sortKeys,
  step,
  steps,
  valueAt,
  withValue,
  writeJson,
} from '../../src/json.ts'
import { anyJson, anyText } from '../support/arbitrary.ts'

describe('numbers', () => {
  it.each([
    ['5', '5', 'an integer'],
    ['5.0', '5.0', 'a float that is whole'],
    ['0.1', '0.1', 'a float'],
    ['-0.0', '-0.0', 'minus nothing'],
    ['-0', '0', 'an integer that Python reads as 0'],
    ['9007199254740991', '9007199254740991', 'the largest safe integer'],
    ['9007199254740993', '9007199254740993', '2^53+1'],
    ['-9007199254740993', '-9007199254740993', '-(2^53+1)'],
    ['1e16', '1e+16', 'a float of the size of an integer, as Python prints it'],
    ['12345678901234567890.0', '1.2345678901234567e+19', 'a float with all its digits'],
    ['1e22', '1e+22', 'a float with an exponent'],
    ['1e2', '100.0', 'a small float with an exponent'],
    ['5e-324', '5e-324', 'the smallest float'],
    ['1e-400', '0.0', 'a float too small for a double'],
    ['1.10', '1.1', 'a float with digits that say nothing'],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`, 'an integer beyond every float'],
  ])('reads %s and writes %s: %s', (text, written) => {
    expect(writeJson(parseJson(text))).toBe(written)
    expect(writeJson(parseJson(written))).toBe(written)
    expect(sameJson(parseJson(text), parseJson(written))).toBe(true)
  })

  it('rejects a float that exceeds the range of doubles', () => {
    expect(() => parseJson('[1e400]')).toThrow(RangeError)
  })

  it('distinguishes 5 from 5.0', () => {
    expect(sameJson(parseJson('5'), parseJson('5.0'))).toBe(false)
    expect([numberOf('5'), numberOf('5.0'), numberOf('1e22'), numberOf('0.5'), numberOf('-0.0')].map(isFloat)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ])
  })

  it('round-trips every double as a float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = writeJson(floatOf(value))
        expect(Number(text)).toBe(value)
        expect(isFloat(numberOf(text))).toBe(true)
      }),
    )
  })
})

describe('text', () => {
  it('round-trips every value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        for (const indent of [undefined, 2]) {
          const back = parseJson(writeJson(value, indent))
          expect(sameJson(back, value)).toBe(true)
          expect(writeJson(back)).toBe(writeJson(value))
        }
      }),
    )
  })

  it('keeps keys with a meaning in JavaScript', () => {
    const text = '{"__proto__":{"polluted":1},"constructor":2,"toString":{"__proto__":3}}'
    const value = parseJson(text)
    expect(writeJson(value)).toBe(text)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(writeJson(sortKeys(value))).toBe(text)
    expect(writeJson(mapStrings(value, (text) => text))).toBe(text)
    expect(valueAt(value, '/__proto__/polluted')).toBe(1)
    expect(valueAt(parseJson('{}'), '/__proto__/toString')).toBeUndefined()
    expect(sameJson(value, parseJson('{}'))).toBe(false)
    expect(sameJson(parseJson('{"__proto__":{}}'), parseJson('{"a":{}}'))).toBe(false)
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })
})

describe('order', () => {
  it('is that of Python for surrogates, case and prefixes', () => {
    // sorted([...]) of Python 3
    const sorted = ['', 'A', 'B', 'a', 'a b', 'aa', 'é', '\ud7ff', '\ue000', '\uff5e', '\uffff', '𐀀', '😀', '😀a', '😁']
    expect([...sorted].reverse().sort(byCodePoint)).toEqual(sorted)
  })

  it('is that of the code points', () => {
    const points = (text: string) => [...text].map((char) => char.codePointAt(0) ?? 0)
    const byPoints = (a: readonly number[], b: readonly number[]): number => {
      const at = a.findIndex((point, index) => point !== b[index])
      return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
    }
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(byPoints(points(a), points(b))))
      }),
    )
  })

  it('of keys gives equal values the same text', () => {
    const shuffled = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value?.constructor === Object
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, item]) => [key, shuffled(item)]),
            )
          : value
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(writeJson(sortKeys(shuffled(value)))).toBe(writeJson(sortKeys(value)))
        expect(sameJson(sortKeys(value), value)).toBe(true)
      }),
    )
    expect(writeJson(sortKeys(parseJson('{"b":1,"10":2,"9":3,"a":{"d":1,"c":2}}')))).toBe(
      '{"9":3,"10":2,"a":{"c":2,"d":1},"b":1}',
    )
  })
})

describe('pointers', () => {
  it.each([
    [['a', 'b'], '/a/b'],
    [['a/b', 'c~d'], '/a~1b/c~0d'],
    [['~1', '/0'], '/~01/~10'],
    [['', ''], '//'],
    [[], ''],
  ])('of %j is %s, and the reverse', (keys, pointer) => {
    expect(keys.reduce(step, '')).toBe(pointer)
    expect(steps(pointer)).toEqual(keys)
  })

  it('read a value that was set, and nothing after its removal', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), anyJson, (keys, value) => {
        const pointer = keys.reduce(step, '')
        const set = withValue({}, pointer, value)
        expect(sameJson(valueAt(set, pointer), value)).toBe(true)
        expect(valueAt(withValue(set, pointer, undefined), pointer)).toBeUndefined()
      }),
    )
  })

  it('change a copy and nothing else', () => {
    const value = parseJson('{"a":[{"b":1},{"b":2}],"c":3}')
    const before = writeJson(value)
    expect(writeJson(withValue(value, '/a/1/b', 9))).toBe('{"a":[{"b":1},{"b":9}],"c":3}')
    expect(writeJson(withValue(value, '/a/0', undefined))).toBe('{"a":[{"b":2}],"c":3}')
    expect(writeJson(withValue(value, '/x/y', 1))).toBe('{"a":[{"b":1},{"b":2}],"c":3,"x":{"y":1}}')
    expect(writeJson(withValue(value, '', 1))).toBe('1')
    expect(writeJson(value)).toBe(before)
  })

  it('past an end resolve to nothing', () => {
    const value = parseJson('{"a":[1],"s":"text"}')
    for (const pointer of ['/a/1', '/a/0/x', '/s/0', '/s/length', '/a/length', '/b', '/toString'])
      expect(valueAt(value, pointer), pointer).toBeUndefined()
  })
})
