import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { toyKinds } from '../support/toy-kinds.ts'

const documents = (count: number) =>
  Array.from({ length: count }, (_, n) => `---\nkind: a\nkey: n${n}\n---\nkind: b\nkey: n${n}\nrefs: {a: a/n${n}}\n`)
const snapshot = (count: number, header = '') => `kind: snapshot\nversion: 1\n${header}${documents(count).join('')}`

/** The faults of a snapshot under an overlay: place, code and message. */
async function faults(overlay: string, env: Readonly<Record<string, string>> = {}, text = snapshot(300)) {
  const home = newHome()
  writeFileSync(join(home, 's.yaml'), text)
  writeFileSync(join(home, 'o.yaml'), `kind: overlay\nversion: 1\n${overlay}`)
  const args = ['validate', 's.yaml', '--overlay', 'o.yaml', '-f', 'json']
  const { out } = await command(args, env, home, { kinds: toyKinds })
  const { issues } = JSON.parse(out) as {
    issues: { code: string; message: string; place?: { file: string; line: number } }[]
  }
  return issues.map(({ code, message, place }) => `${place?.file}:${place?.line} ${code} ${message}`)
}

describe('a typing error in an entry that matches hundreds', () => {
  it('is one error with its count: a field, a value, and a reference', async () => {
    const overlay = `entries:
  - match: a/**
    set: {/spec/cuont: 1}
  - match: a/**
    merge: {spec: {count: many}}
  - match: b/**
    refs: {a: a/nobody}
`
    expect(await faults(overlay)).toEqual([
      'o.yaml:5 unknown-field a/n0 (and 299 more): /spec has no field "cuont".',
      'o.yaml:7 invalid-value a/n0 (and 299 more): /spec/count must be integer',
      'o.yaml:9 dangling-ref b/n0 (and 299 more) points to a/nobody, which is not in the snapshot.',
    ])
  })

  it('has no count where it is in one resource', async () => {
    expect(await faults('entries: [{match: a/n1, set: {/spec/cuont: 1}}]\n')).toEqual([
      'o.yaml:3 unknown-field a/n1: /spec has no field "cuont".',
    ])
  })
})

describe('a variable that is not set', () => {
  it('is told once for each variable, with its uses', async () => {
    const overlay = `entries:
  - match: a/n1
    set: {/spec/text: '\${env:NO}', /spec/any: '\${env:NO} \${env:NEITHER}'}
`
    expect(await faults(overlay)).toEqual([
      'o.yaml:5 missing-variable The variable NO is not set. The overlay uses it 2 times.',
      'o.yaml:5 missing-variable The variable NEITHER is not set.',
    ])
  })

  it('is told also if it is set to nothing', async () => {
    const overlay = `entries:\n  - match: a/n1\n    set: {/spec/text: 'x\${env:NO}', /spec/any: '\${json:NONE}'}\n`
    expect(await faults(overlay, { NO: '', NONE: '' })).toEqual([
      'o.yaml:5 missing-variable The variable NO is empty.',
      'o.yaml:5 missing-variable The variable NONE is empty.',
    ])
    expect(await faults(overlay, { NO: '', NONE: '""' })).toHaveLength(1)
  })

  it('hides no other fault, and causes none', async () => {
    const overlay = `entries:
  - match: a/**
    set:
      /spec/count: '\${json:LIMIT}'
      /spec/cuont: 1
  - match: b/nobody
    drop: true
  - match: b/n2
    refs:
      a: 'a/\${env:TARGET}'
  - match: a/n3
    drop: true
`
    expect(await faults(overlay)).toEqual([
      'o.yaml:6 missing-variable The variable LIMIT is not set.',
      'o.yaml:12 missing-variable The variable TARGET is not set.',
      'o.yaml:8 overlay-no-match b/nobody matches nothing.',
      'o.yaml:7 unknown-field a/n0 (and 298 more): /spec has no field "cuont".',
      's.yaml:30 dangling-ref b/n3 points to a/n3, which is not in the snapshot.',
    ])
    expect(await faults(overlay, { LIMIT: '1', TARGET: 'n1' })).toEqual([
      'o.yaml:8 overlay-no-match b/nobody matches nothing.',
      'o.yaml:7 unknown-field a/n0 (and 298 more): /spec has no field "cuont".',
      's.yaml:30 dangling-ref b/n3 points to a/n3, which is not in the snapshot.',
    ])
  })

  it('under external: says nothing about what is external', async () => {
    const text = `${snapshot(1)}---\nkind: b\nkey: x\nrefs: {a: a/outside}\n`
    const overlay = `external: ['a/\${env:OUTSIDE}']\nentries: [{match: a/nobody, drop: true}]\n`
    expect(await faults(overlay, {}, text)).toEqual([
      'o.yaml:3 missing-variable The variable OUTSIDE is not set.',
      'o.yaml:4 overlay-no-match a/nobody matches nothing.',
    ])
    expect(await faults(overlay, { OUTSIDE: 'outside' }, text)).toEqual([
      'o.yaml:4 overlay-no-match a/nobody matches nothing.',
    ])
  })
})

describe('a fault of one entry', () => {
  it('hides no fault of other entries', async () => {
    const overlay = `entries:
  - match: a/n1
    st: {/spec/count: 1}
    drop: true
  - match: b/nobody
    drop: true
  - match: b/n2
    set: {/spec/count: many}
`
    expect(await faults(overlay)).toEqual([
      'o.yaml:5 invalid-overlay There is no field "st" here.',
      'o.yaml:7 overlay-no-match b/nobody matches nothing.',
      'o.yaml:10 invalid-value b/n2: /spec/count must be integer',
    ])
  })
})

describe('validate of several snapshots', () => {
  it('reports the faults of all, also if one cannot be read', async () => {
    const home = newHome()
    writeFileSync(join(home, 'bad.yaml'), 'kind: snapshot\nversion: 1\n---\nkind: nonsense\nkey: x\n')
    writeFileSync(join(home, 'good.yaml'), snapshot(1))
    const args = ['validate', 'missing.yaml', 'bad.yaml', 'good.yaml']
    const { exit, out, err } = await command(args, {}, home, { kinds: toyKinds })
    expect([exit, out]).toEqual([3, 'missing.yaml: 1 fault\nbad.yaml: 1 fault\ngood.yaml: valid, 2 resources\n'])
    expect([...err.matchAll(/error \[([a-z-]+)\]/g)].map(([, code]) => code)).toEqual([
      'unreadable-file',
      'unknown-kind',
    ])
  })
})
