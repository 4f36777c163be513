import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/ref.ts'
import { fileOf } from '../../src/snapshot/file-name.ts'
import { anyText } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'

const file = (key: string) => fileOf({ kind: 'a', key })

/** The key in a name, by the rule that fileOf states; undefined where the name was cut. */
function keyIn(name: string): string | undefined {
  const names = name
    .replace(/^a\//, '')
    .replace(/\.yaml$/, '')
    .split('/')
  if (names.some((each) => each.includes('=='))) return undefined
  return names
    .map((each) => (each === '%' ? '' : decodeURIComponent(each.replace(/=[0-9a-z]+$/, '').replaceAll('+', ' '))))
    .join('/')
}

/** What a file system may take for the same name: case and normal form of Unicode, in each order. */
const folds: readonly ((text: string) => string)[] = [
  (text) => text.normalize('NFD').toLowerCase().normalize('NFD'),
  (text) => text.normalize('NFD').toUpperCase().normalize('NFD'),
  (text) => text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC'),
  // As NTFS: letter by letter, and only where one letter becomes one.
  (text) =>
    Array.from(text, (char) => (char.toUpperCase().length === char.length ? char.toUpperCase() : char)).join(''),
  (text) =>
    text
      .normalize('NFD')
      .toUpperCase()
      .replace(/\p{Default_Ignorable_Code_Point}/gu, ''),
]

const devices = ['con', 'PRN', 'aux', 'NUL', 'com1', 'LPT9', 'COM¹', 'CONIN$']
const hard = fc.oneof(
  fc.constantFrom(
    ...devices,
    '.',
    '..',
    '...',
    '',
    ' ',
    'a',
    'A',
    'ä',
    'Ä',
    'a\u0308',
    'A\u0308',
    'ß',
    'SS',
    'ẞ',
    'ss',
  ),
  fc.constantFrom(
    'ı',
    'i',
    'İ',
    'I',
    'ſ',
    's',
    'ς',
    'σ',
    'Σ',
    'µ',
    'μ',
    '\u212a',
    'K',
    'k',
    '\u212b',
    'Å',
    'ǅ',
    'ǆ',
    'Ǆ',
  ),
  fc.constantFrom(
    'ﬁ',
    'fi',
    'ǰ',
    'J\u030c',
    '\u0345',
    'ι',
    '\u1100\u1161',
    '가',
    'が',
    'か\u3099',
    'デ',
    '\u200d',
    '\ufe0f',
    'é',
  ),
  fc.constantFrom(
    '%',
    '%2E',
    '=',
    '==',
    '=1',
    '+',
    ' ',
    '~1',
    '.yaml',
    '.YML',
    '/',
    '\\',
    ':',
    '*',
    '\0',
    '\n',
    '\u0301',
    '🚀',
  ),
)
const hardText = fc.array(hard, { maxLength: 6 }).map((parts) => parts.join(''))
const long = fc
  .tuple(
    fc.constantFrom('a', 'A', 'ä', 'ǖ', '日', 'x/', '/', '%', '🚀', 'a.'),
    fc.integer({ min: 1, max: 600 }),
    hardText,
  )
  .map(([unit, times, end]) => unit.repeat(times) + end)
const keys = fc.oneof(
  { weight: 4, arbitrary: hardText },
  { weight: 2, arbitrary: anyText },
  { weight: 1, arbitrary: long },
)
/** The same key in another case or normal form. */
const siblings = keys.chain((key) =>
  fc.tuple(
    fc.constant(key),
    fc.constantFrom(...['NFC', 'NFD', 'NFKC'].map((form) => key.normalize(form)), key.toUpperCase(), key.toLowerCase()),
  ),
)

describe('the file of a resource', () => {
  it.each([
    ['etl', 'a/etl.yaml'],
    ['etl/prod', 'a/etl/prod.yaml'],
    ['batch_sizes-2.v1', 'a/batch_sizes-2.v1.yaml'],
    ['load every night', 'a/load+every+night.yaml'],
    ['Daily load', 'a/Daily+load=1.yaml'],
    ['DailyETL', 'a/DailyETL=69.yaml'],
    ['täglich', 'a/täglich.yaml'],
    ['日次レポート', 'a/日次レポート.yaml'],
    ['ta\u0308glich', 'a/ta%CC%88glich.yaml'],
    ['Straße', 'a/Stra%C3%9Fe=1.yaml'],
    ['🚀', 'a/%F0%9F%9A%80.yaml'],
    [keyOf('x/y', 'z'), 'a/x%252Fy=2/z.yaml'],
    ['..', 'a/%2E%2E.yaml'],
    ['../../etc/passwd', 'a/%2E%2E/%2E%2E/etc/passwd.yaml'],
    ['.git/config', 'a/%2Egit/config.yaml'],
    ['CON', 'a/%43ON=3.yaml'],
    ['nul.txt', 'a/%6Eul.txt.yaml'],
    ['end. ', 'a/end.+.yaml'],
    ['end./x', 'a/end%2E/x.yaml'],
    ['x.yaml/y', 'a/x%2Eyaml/y.yaml'],
    ['a b:c*', 'a/a+b%3Ac%2A.yaml'],
    ['', 'a/%.yaml'],
    ['\0', 'a/%00.yaml'],
    ['x'.repeat(251), `a/${'x'.repeat(100)}==90d738c31c5ee1241cbcd2ff3d4aa125.yaml`],
  ])('%j is %s', (key, expected) => expect(file(key)).toBe(expected))

  it('is valid on Linux, macOS and Windows, whatever the key', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const [kind, ...names] = file(key).split('/')
        expect([kind, names.at(-1)?.slice(-5)]).toEqual(['a', '.yaml'])
        for (const name of names) {
          expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Cn}<>:"|?*\\~ ]/u)
          expect(name).not.toMatch(/^$|^\.|\.$/)
          expect(name.split('.')[0]).not.toMatch(/^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i)
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
          expect(name.normalize('NFD').length).toBeLessThanOrEqual(255)
          expect(name.normalize('NFC')).toBe(name)
        }
        expect(Buffer.byteLength(file(key))).toBeLessThanOrEqual(400)
      }),
      { numRuns: runs(1200) },
    )
  })

  it('decodes to its key, unless it was truncated', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const found = keyIn(file(key))
        if (found === undefined) expect(key.length).toBeGreaterThan(25)
        else expect(found).toBe(key)
      }),
      { numRuns: runs(1200) },
    )
  })

  it('differs for different keys, even without regard to case and normal form', () => {
    const pairs = fc.oneof(siblings, fc.tuple(hardText, hardText), fc.tuple(keys, keys))
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        fc.pre(one !== other)
        const names = [file(one), file(other)] as const
        for (const fold of folds) expect(fold(names[0])).not.toBe(fold(names[1]))
      }),
      { numRuns: runs(2000) },
    )
  })

  it('differs for every character, and is never the folder of another file', () => {
    const all = Array.from({ length: 0x1ffff }, (_, code) =>
      code >= 0xd800 && code < 0xe000 ? '' : String.fromCodePoint(code),
    )
    const several = (char: string) => folds.some((fold) => fold(char) !== char) && !/[가-힣]/.test(char)
    const letters = [...new Set(all.filter((char) => several(char) || /[ -~]/.test(char)))]
    expect(letters.length).toBeGreaterThan(3000)
    const names = letters.map((key) => [key, file(key)] as const)
    for (const fold of folds) {
      const keyByName = new Map<string, string>()
      for (const [key, own] of names) {
        const name = fold(own)
        if (keyByName.has(name)) expect([key, keyByName.get(name)]).toBe(name)
        keyByName.set(name, key)
      }
    }
    fc.assert(
      fc.property(hardText, hardText, (one, other) => {
        const folder = file(`${one}/x`).slice(0, -'/x.yaml'.length)
        const name = file(other)
        for (const fold of folds) expect(fold(folder)).not.toBe(fold(name))
      }),
      { numRuns: runs(500) },
    )
  })
})
