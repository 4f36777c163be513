import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { cutStream } from '../../src/snapshot/yaml/documents.ts'
import { readFast } from '../../src/snapshot/yaml/fast-reader.ts'
import { writeFlow, writeYaml } from '../../src/snapshot/yaml/write-yaml.ts'
import { parseYaml, valueOfDocument } from '../../src/snapshot/yaml/yaml.ts'
import { readValue } from '../../src/snapshot/yaml/yaml-value.ts'
import { runs } from '../support/property-runs.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { specialCharacters, textForms } from '../support/yaml-characters.ts'

const careful = (text: string): Json | undefined => {
  const read = valueOfDocument(parseYaml(text, false).document, text)
  return 'faults' in read ? undefined : read.value
}
const nameOf = (character: string) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
/** Those that YAML 1.2 allows in quotes only, and nowhere. */
const isNowhere = (character: string) => character < ' ' && !'\t\r'.includes(character)
const isQuotedOnly = (character: string) => /^(?!\u0085)[\u007f-\u009f\ufffe\uffff]$/.test(character)
const isQuoted = (form: string) => form === 'double quotes' || form === 'single quotes'

describe('a character in a file', () => {
  it.each(specialCharacters.map((character) => [nameOf(character), character]))(
    '%s is read alike by both readers',
    (_, character) => {
      for (const [form, text] of Object.entries(textForms(character))) {
        const [fast, value] = [readFast(text, 200), careful(text)]
        if (fast !== undefined) expect(value, form).toEqual(fast)
        const isRefused = isNowhere(character) || (isQuotedOnly(character) && !isQuoted(form))
        if (character !== '\r') expect(value === undefined, form).toBe(isRefused)
      }
    },
  )

  it('that is forbidden is an error once, with its place and what to write', () => {
    const text =
      'kind: snapshot\nversion: 1\n---\nkind: a\nkey: x\nspec:\n  text: "\x7f"\n  tags: [a\x7f, b\x7f, "\x07"]\n'
    const read = parseSnapshot([{ file: 'x.yaml', text }], toyKinds)
    expect(read.issues.map(({ code, message, place }) => [place?.line, place?.column, code, message])).toEqual([
      [
        8,
        11,
        'invalid-yaml',
        'YAML text must not contain the character U+007F outside of quotes; write it as "\\u007f".',
      ],
      [8, 19, 'invalid-yaml', 'YAML text must not contain the character U+0007; write it as "\\u0007".'],
    ])
  })

  it('that ends a line is a carriage return, alone too, and nothing that only YAML 1.1 takes for a line end', () => {
    const read = (text: string) => cutStream('x', text).map((chunk) => readValue(chunk))
    const both = [{ value: { a: 'x', b: ['y'] } }, { value: { c: 'l\nm\n' } }]
    for (const end of ['\n', '\r\n', '\r'])
      expect(read(`a: x\nb:\n  - y\n---\nc: |\n  l\n  m\n`.replaceAll('\n', end)), JSON.stringify(end)).toMatchObject(
        both,
      )
    expect(read('a: "x\r y"\rb: z\r')).toMatchObject([{ value: { a: 'x y', b: 'z' } }])
    for (const character of '\x85\u2028\u2029')
      expect(read(`a: x${character}y\n`)).toMatchObject([{ value: { a: `x${character}y` } }])
  })

  it('has the place of the original text after carriage returns', () => {
    const text = 'kind: snapshot\rversion: 1\r---\rkind: a\rkey: x\rspec:\r  count: many\r'
    const read = parseSnapshot([{ file: 'x.yaml', text }], toyKinds)
    expect(read.issues.map(({ place }) => [place?.line, place?.column])).toEqual([[7, 10]])
  })
})

describe('a character that is written', () => {
  const values = (character: string): JsonObject => ({
    [`k${character}`]: `a${character}b`,
    list: [character, `${character}x`],
    lines: `one\ntwo${character}\nthree\n`,
  })

  it.each(specialCharacters.map((character) => [nameOf(character), character]))(
    '%s is read back by both readers',
    (_, character) => {
      const text = writeYaml(values(character))
      expect(readFast(text, 200) ?? careful(text)).toEqual(values(character))
      expect(careful(text)).toEqual(values(character))
    },
  )

  it('is an escape where a reader may refuse it, end the line, or show the text in another order', () => {
    const isShown = (character: string) =>
      (character < ' ' && !'\t\n'.includes(character)) ||
      /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/.test(character)
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...specialCharacters, 'a', ' ', '\n', '"', '\\', ':') }),
        (text) => {
          const written = writeYaml({ [text]: text, list: [text] })
          expect([...written].filter(isShown)).toEqual([])
          expect(careful(written)).toEqual({ [text]: text, list: [text] })
          expect(careful(`k: [${writeFlow(text)}]\n`)).toEqual({ k: [text] })
        },
      ),
      { numRuns: runs(300) },
    )
  })
})
