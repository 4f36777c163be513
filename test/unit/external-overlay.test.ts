import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kind.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { refOf } from '../../src/ref.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { a, b, c } from '../support/toy-kinds.ts'

/** A `b` is a child of its `a`, as a queue is of its pool, and called after it. */
const kinds: readonly Kind[] = [a, { ...b, parent: 'a' }, c]
const parse = (documents: string, external = ''): Parsed =>
  parseSnapshot([{ file: 'dev.yaml', text: `kind: snapshot\nversion: 1\n${external}${documents}` }], kinds)
const user = `---
kind: c
key: user
refs: {to: b/dev/high}
spec: {link: 'see <ref:a/dev>'}
`
const pool = `---
kind: a
key: dev
---
kind: b
key: dev/high
refs: {a: a/dev}
---
kind: b
key: dev/low
refs: {a: a/dev}
`
const over = (parsed: Parsed, ...overlays: readonly string[]): Parsed =>
  overlays.reduce((made, text) => {
    const { overlay, issues } = readOverlay('prod.yaml', `kind: overlay\nversion: 1\n${text}`, { POOL: 'k8s' })
    expect(issues).toEqual([])
    return applyOverlay(made, overlay, kinds)
  }, parsed)
const refs = ({ snapshot }: Parsed) => snapshot.resources.map(refOf)
const told = ({ issues }: Parsed) => issues.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`)
const userOf = ({ snapshot }: Parsed) => {
  const found = snapshot.resources.find((one) => refOf(one) === 'c/user')
  return { ...found?.refs, link: found?.spec.link }
}

describe('external: in an overlay', () => {
  it('takes the place of documents, without a warning', () => {
    const made = over(parse(user + pool), 'external: [a/dev/**]')
    expect([refs(made), told(made), made.snapshot.external]).toEqual([['c/user'], [], ['a/dev/**']])
    expect(refs(over(parse(user + pool), 'external: [a/dev]'))).toEqual(['b/dev/high', 'b/dev/low', 'c/user'])
  })

  it('stands for what has no document, in any of several overlays', () => {
    const parsed = parse(user)
    expect(told(parsed)).toEqual(['dangling-ref dev.yaml:6', 'dangling-ref dev.yaml:7'])
    expect(told(over(parsed, 'external: [a/dev]'))).toEqual([])
    const set = "entries: [{match: c/user, refs: {to: b/k8s/high}, set: {/spec/link: '<ref:a/k8s>'}}]"
    expect(told(over(parsed, set))).toEqual(['dangling-ref prod.yaml:3', 'dangling-ref prod.yaml:3'])
    expect(told(over(parsed, set, `external: ['a/\${env:POOL}']`))).toEqual([])
  })

  it('adds to what the snapshot says', () => {
    const made = over(parse(user, 'external: [a/dev]\n'), 'external: [c/token]')
    expect(made.snapshot.external).toEqual(['a/dev', 'c/token'])
    expect(told(made)).toEqual(['unused-external prod.yaml:3'])
  })

  it('fits names before and after a rename', () => {
    const rename = 'entries: [{match: a/*, rename: {from: dev, to: prod}}]\n'
    for (const glob of ['a/dev/**', 'a/prod/**']) {
      const made = over(parse(pool), `${rename}external: [${glob}]`)
      expect([refs(made), told(made)]).toEqual([[], []])
    }
  })

  it.each([
    ['external: a/x', 'external must be a list of globs over kind/key, such as work-pool/k8s/**.'],
    ['external: [1]', 'external must be a list of globs over kind/key, such as work-pool/k8s/**.'],
  ])('%s is refused with its line', (text, message) => {
    const { issues } = readOverlay('prod.yaml', `kind: overlay\nversion: 1\n${text}`, {})
    expect(issues.map((issue) => [issue.code, issue.message, issue.place?.line])).toEqual([
      ['invalid-overlay', message, 3],
    ])
  })
})

describe('map: with external resources', () => {
  const mapped = { to: 'b/k8s/high', link: 'see <ref:a/k8s>' }
  const map = 'map: {a/dev: a/k8s}\n'

  it.each([
    ['a resource with what belongs to it', 'external: [a/k8s/**]\n'],
    ['a resource alone', 'external: [a/k8s]\n'],
    ['one whose own documents are dropped', 'external: [a/k8s]\nentries: [{match: "{a,b}/dev{,/*}", drop: true}]\n'],
  ])('leads to %s instead of a document, which is left out', (_, rest) => {
    const made = over(parse(user + pool), map + rest)
    expect([refs(made), told(made), userOf(made)]).toEqual([['c/user'], [], mapped])
  })

  it('leads from one external resource to another, which is external too', () => {
    for (const made of [
      over(parse(user, 'external: [a/dev]\n'), map),
      over(parse(user, 'external: [a/dev/**]\n'), map),
      over(parse(user), `${map}external: [a/dev]`),
      over(parse(user + pool), `${map}external: [a/dev/**]`),
    ]) {
      expect([refs(made), told(made), userOf(made)]).toEqual([['c/user'], [], mapped])
      expect(told(over(made, 'external: [a/k8s]'))).toEqual([])
    }
  })

  it('leads from an external resource to a document, which keeps its name', () => {
    const own = '---\nkind: a\nkey: k8s\n---\nkind: b\nkey: k8s/high\nrefs: {a: a/k8s}\n'
    const made = over(parse(user + own, 'external: [a/dev]\n'), map)
    expect([refs(made), told(made), userOf(made)]).toEqual([['a/k8s', 'b/k8s/high', 'c/user'], [], mapped])
  })

  it('from what nothing refers to is still an error', () => {
    expect(told(over(parse(user, 'external: [a/dev]\n'), 'map: {a/nobody: a/k8s}'))).toEqual([
      'overlay-no-match prod.yaml:3',
    ])
  })
})

it('issues of names come before those of documents', () => {
  const text = "entries: [{match: a/dev, set: {/spec/count: x}}, {match: 'b/*/*', rename: {from: 'x-*', to: y}}]"
  expect(told(over(parse(pool), text))).toEqual(['overlay-no-match prod.yaml:3', 'invalid-value prod.yaml:3'])
})
