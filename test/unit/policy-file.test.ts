import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import { readPolicy } from '../../src/project/policy-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'policy-'))
afterAll(() => rmSync(dir, { recursive: true }))

function read(text: string) {
  writeFileSync(join(dir, 'prefect-snapshot.yaml'), text)
  return readPolicy('s.yaml', { cwd: dir, kinds })
}

function errorsOf(text: string): string[] {
  try {
    read(text)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.issues.map(({ code, place, message }) => `${place?.line}:${place?.column} ${code} ${message}`)
  }
  return []
}

test('a policy file without content has no settings', () => {
  for (const text of ['', '# nothing\n', '---\n', 'protect:\n', 'version: 1\n'])
    expect(read(text)).toMatchObject({ protect: [], moved: [], recipients: [], secretPaths: [], environments: {} })
})

test('settings are read', () => {
  const text =
    'protect: [a/**]\nmoved: [{from: a/x, to: a/y}]\nsecret_paths: ["a/*#/spec/v"]\nenvironments: {prod: p.yaml, dev: [a.yaml, b.yaml]}\n'
  expect(read(text)).toMatchObject({
    protect: [{ glob: 'a/**' }],
    moved: [{ from: 'a/x', to: 'a/y' }],
    secretPaths: ['a/*#/spec/v'],
    environments: { prod: ['p.yaml'], dev: ['a.yaml', 'b.yaml'] },
  })
})

test('all errors are reported together, each with its line', () => {
  const text = `# the rules of production
protect: [a/**, 5]
moved:
- {from: a/x}
- {from: a/x, to: a/y}
protected: []
secret_paths: all
environments: {prod: 7}
`
  expect(errorsOf(text)).toEqual([
    '2:17 invalid-policy protect must be a list of globs over refs, such as deployment/etl/**.',
    '4:3 invalid-policy moved must be a list of {from: kind/key, to: kind/key}.',
    '6:1 invalid-policy There is no setting "protected".',
    "7:15 invalid-policy secret_paths must be a list of globs such as 'deployment/**#/spec/job_variables/env/*_KEY'.",
    '8:22 invalid-policy environments must be {NAME: overlay.yaml}, or a list of overlays for a name.',
  ])
})

test.each([
  ['- protect\n', '1:1 invalid-policy A policy file is a mapping.'],
  ['a: b\n---\nc: d\n', '2:1 invalid-policy A policy file is one document.'],
  ['protect: [\n', expect.stringMatching(/^\d+:\d+ invalid-policy /)],
  ['__proto__: 1\n', '1:1 invalid-policy There is no setting "__proto__".'],
])('%j is not a valid policy file', (text, error) => {
  expect(errorsOf(text)).toEqual([error])
})
