import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { parseJson } from '../../src/json.ts'
import { readOldYaml, withPlainTimes } from '../../src/snapshot/yaml/read-old-yaml.ts'
import { findInstalled } from '../support/python.ts'

const scalars =
  `yes no Yes NO on Off true False TRUE y n Y N null Null ~ 0 7 +7 -7 010 -010 08 0o17 0b101 0x1F 1_000 1:30 1:30:00 -1:30 12:30:45 1:60 190:20:30
1.5 1. .5 -1.5 1e3 1.0e3 1.0e+3 1.5E-2 1_0.5 1:30.5 5.0 1e22 9007199254740993 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 2001-12-14T21:59:43.123
2001-12-14T21:59:43+00:00 1.2.3 v1 0x 0b +1e3 1e+3 . - _1 1__0 0.1 -0.0 0 00 01 09.5 -.5 +.5 0b1_0 0x1_F`.split(/\s+/)
const text = `${scalars.map((scalar) => `- ${scalar === '-' ? '"-"' : scalar}\n`).join('')}- 2001-12-14 21:59:43.10 -5
- 2001-12-14 21:59:43
-
- {a: 1, a: 2, yes: 3}
- &x {b: 1, c: [1, 2]}
- {<<: *x, b: 2}
- <<: [*x, {d: 1}]
- "\\x41 \\u263a"
- >-
  folded
  text
`
const python = findInstalled()

describe('YAML 1.1', () => {
  it.runIf(python !== undefined)('is read as PyYAML reads it', () => {
    const program =
      "import sys, yaml, json, datetime\nprint(json.dumps(yaml.safe_load(sys.stdin), default=lambda v: v.isoformat().replace('+00:00', 'Z')))"
    const theirs = parseJson(execFileSync(python ?? '', ['-c', program], { input: text, encoding: 'utf8' }))
    const { value, issues } = readOldYaml('x.yaml', text)
    const [own, other] = [withPlainTimes(value), theirs] as [unknown[], unknown[]]
    expect(own.length).toBe(other.length)
    // Python has true as a key, which JSON prints as a text.
    const same = (one: unknown) => JSON.stringify(one).replaceAll('"true":', '"yes":')
    expect(own.map((one, index) => [scalars[index], same(one)])).toEqual(
      other.map((one, index) => [scalars[index], same(one)]),
    )
    expect(issues.map(({ message, place }) => [place?.line, message])).toEqual([
      [scalars.length + 4, 'a is written twice. Prefect takes the last one.'],
    ])
  })

  it.each([
    ['two documents', 'a: 1\n---\nb: 1\n', 2],
    ['nothing', '# only this\n', 1],
    ['a tag', 'a: 1\nb: !!python/name:os.system\n', 2],
    ['a number that is none', 'a: .inf\n', 1],
    ['a day that is none', 'a: 1\nb: 2001-02-31T00:00:00\n', 2],
    ['a template without quotes', 'a: {{ b }}\n', 1],
    ['an alias of nothing', 'a: 1\nb: *c\n', 2],
  ])('%s is refused with its line', (_, bad, line) => {
    const issues = (() => {
      try {
        return readOldYaml('x.yaml', bad).issues
      } catch (error) {
        if (error instanceof Failure) return error.issues
        throw error
      }
    })()
    expect(issues.map(({ severity, place }) => [severity, place?.line]).slice(0, 1)).toEqual([['error', line]])
  })

  it
    .runIf(python !== undefined)
    .each([
      'a: |\n  x',
      'a: |\n  x\n',
      'a: >\n  x\n  y',
      'a: |+\n  x',
      'a: |-\n  x',
      'a: |\n  x\nb: 1',
      'a: |\r\n  x\r\n',
    ])('reads the end of a block as PyYAML does: %j', (block) => {
    const program = 'import sys, yaml, json\nprint(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))'
    const theirs = execFileSync(python ?? '', ['-c', program], { input: block, encoding: 'utf8' })
    expect(readOldYaml('x.yaml', block).value).toEqual(JSON.parse(theirs))
  })

  it('bounds what aliases repeat', () => {
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]\n`).join('')}`
    expect(() => readOldYaml('x.yaml', bomb)).toThrow(/aliases repeat/)
  })
})
