import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { placeholderNames } from '../../src/secrets/placeholders.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { cutStream } from '../../src/snapshot/yaml/documents.ts'
import { startOf } from '../../src/snapshot/yaml/locate.ts'
import { readValue } from '../../src/snapshot/yaml/yaml-value.ts'
import { cut, idsToTokens } from '../../src/token.ts'
import { toyKinds } from '../support/toy-kinds.ts'

/*
 * Texts that patterns could search again from each of their characters, which would take hours at this length: a test
 * that does not end in time fails.
 */
const length = 500_000
const many = (text: string) => text.repeat(length / text.length)

describe('a long text is searched once:', () => {
  it.each([
    ['of brackets', many('<'), 0],
    ['of brackets before tokens', `${many('<')}ref`, 0],
    ['of tokens that are not closed', many('<ref:'), length / 5],
    ['of escaped tokens', many('<<ref:'), 0],
  ])('tokens in a text %s', (_, text, broken) => {
    expect(cut(text).broken).toHaveLength(broken)
    expect(cut(String(idsToTokens(text, () => undefined))).broken).toEqual([])
  })

  it.each([
    ['spaces within a plain scalar', `k: a${many(' ')}b\n`],
    ['spaces after a plain scalar', `k: a${many(' ')}\n`],
    ['line separators', `k: a${many('\u2028')}\n`],
    ['carriage returns', `k: a\n${many('\r')}\n`],
    ['blank lines', `${many('\n')}k: a\n`],
    ['blank lines and a comment', `k: a${many('\n')}# x\n`],
  ])('a document with many %s', (_, text) => {
    const [chunk] = cutStream('x', text)
    expect(chunk && readValue(chunk).issues).toEqual([])
    expect(chunk && startOf(chunk).line).toBeGreaterThan(0)
  })

  it('a document with many tags', () => {
    const text = `kind: snapshot\nversion: 1\n---\nkind: a\nkey: ${'!'.repeat(2000)}x y\nspec: {tags: [${'!t x, '.repeat(300)}]}\n`
    const read = parseSnapshot([{ file: 'x', text }], toyKinds)
    expect(read.issues.length).toBeGreaterThan(0)
  })

  it('a key that becomes the name of a variable', () => {
    expect(placeholderNames(kinds)('a', `x${many('_')}y${many('_')}`, '/spec/z')).toContain('_Y_')
  })
})
