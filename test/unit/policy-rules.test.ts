import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { judge } from '../../src/project/rule-violations.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'

const dir = mkdtempSync(join(tmpdir(), 'rules-'))
afterAll(() => rmSync(dir, { recursive: true }))

function policy(text: string) {
  writeFileSync(join(dir, 'prefect-snapshot.yaml'), text)
  return readPolicy('s.yaml', { cwd: dir, kinds })
}

function faultsOf(text: string): string[] {
  try {
    policy(text)
    return []
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.issues.map(({ place, message, fix = '' }) =>
      `${place?.line}:${place?.column} ${message} ${fix}`.trim(),
    )
  }
}

const header = 'kind: snapshot\nversion: 1\n---\n'
const flow = 'kind: flow\nkey: etl\n---\n'
const parsed = (text: string) => {
  const read = parseSnapshot([{ file: 's.yaml', text: header + text }], kinds)
  expect(read.issues.filter(({ severity }) => severity === 'error')).toEqual([])
  return read
}

/** The violations of one rule, as `LINE:COLUMN MESSAGE`. */
async function violations(rule: string, snapshot: string | Parsed, environment?: string): Promise<string[]> {
  const { rules } = policy(`environments: {prod: prod.yaml}\nrules:\n- {name: r, message: Rule., ${rule}}\n`)
  const read = typeof snapshot === 'string' ? parsed(snapshot) : snapshot
  const { issues } = await judge({ resources: read.snapshot.resources, parsed: read }, rules, environment, kinds)
  return issues.map(({ place, message }) => `${place?.file}:${place?.line}:${place?.column} ${message}`)
}
const spec = (schema: string) => `match: 'deployment/**', schema: {properties: {spec: ${schema}}}`
const deployment = (lines: string) =>
  `${flow}kind: deployment\nkey: etl/prod\nrefs: {flow: flow/etl}\nspec:\n${lines.replace(/^/gm, '  ')}\n`

describe('faults of rules', () => {
  test('are reported all together, each with its line and a fix', () => {
    const text = `environments: {prod: prod.yaml}
rules:
  - name: a
    match: deploymnt/**
    schema: {}
    message: m
  - name: a
    match: deployment
    environments: [prdo]
    schema:
      properties:
        specs: {}
        spec:
          required: [tang, tags]
          require: {}
          properties:
            tags: {type: lits, contains: {pattern: '('}}
            schedules: {items: {minimumInterval: five}}
            version: {format: date}
            concurrency_limit: {maximum: 9007199254740993}
        refs: {properties: {pool: {}}}
    message: m
  - {name: b, match: 'flow/{a', schema: {$ref: '#/$defs/none'}, message: m, severity: fatal}
  - {name: c, match: '**', schema: {$schema: 'http://json-schema.org/draft-07/schema#'}, message: m}
  - {name: d, match: flow/*}
`
    expect(faultsOf(text)).toEqual([
      '4:12 There is no kind "deploymnt". Did you mean deployment?',
      '7:11 The rule of line 3 has the name a too.',
      '8:12 deployment matches no kind/key. Write deployment/**.',
      '9:20 There is no environment "prdo". Did you mean prod?',
      '12:9 The document has no field "specs". Did you mean spec?',
      '14:22 The spec of the documents that match has no field "tang". Did you mean tags?',
      '14:28 Every document has tags: rules see its default. Say what its value must be, such as properties: {tags: {…}}.',
      '15:11 There is no keyword "require". Did you mean required?',
      expect.stringMatching(/^17:26 type must be /),
      '17:52 "(" is not a regular expression.',
      '18:50 minimumInterval must be number. Two runs of a schedule are at least this many seconds apart, by the clock on the wall.',
      '19:31 The keyword format is not checked. Use pattern.',
      '20:42 9007199254740993 has more digits than rules can compare.',
      '21:29 The refs of the documents that match has no field "pool". The fields are flow, queue, limit, storage, infrastructure.',
      '23:22 "flow/{a" has a brace without its other half.',
      `23:48 "#/$defs/none" leads nowhere in this schema. Write it like "#/$defs/name".`,
      '23:87 severity must be error or warning.',
      '24:46 Rules are checked by https://json-schema.org/draft/2020-12/schema. Omit $schema.',
      '25:5 The field schema is missing.',
      '25:5 The field message is missing.',
    ])
  })

  it.each([
    '{allOf: [{properties: {spec: {required: [paused]}}}], not: {required: [secrets]}}',
    '{properties: {spec: {properties: {job_variables: {properties: {anything: {const: 5.5}}}}}}}',
    "{$defs: {a: {type: string}}, properties: {key: {$ref: '#/$defs/a'}}}",
    'false',
  ])('%s has none', (schema) => {
    expect(faultsOf(`rules:\n- {name: r, match: 'deployment/**', message: m, schema: ${schema}}\n`)).toEqual([])
  })
})

describe('a violation', () => {
  it.each([
    ['{properties: {tags: {contains: {pattern: ^owner}}}}', 'tags: [a]', '11:3', 'tags', 'has no item that fits'],
    [
      '{properties: {tags: {contains: true, minContains: 2}}}',
      'tags: [a]',
      '11:3',
      'tags',
      'has fewer than 2 items that fit',
    ],
    [
      '{properties: {tags: {contains: {const: a}, maxContains: 0, minContains: 0}}}',
      'tags: [a]',
      '11:3',
      'tags',
      'must have 0 to 0 items that fit',
    ],
    ['{properties: {paused: {const: true}}}', 'paused: false', '11:11', 'paused', 'must be true'],
    ['{required: [paused]}', 'tags: [a]', '10:1', 'paused', 'is missing'],
    ['{properties: {version: {enum: [a, b]}}}', 'version: c', '11:12', 'version', 'must be one of "a", "b"'],
    ['{properties: {version: {not: {const: c}}}}', 'version: c', '11:12', 'version', 'is what the rule excludes'],
    ['{properties: {version: {pattern: ^v}}}', 'version: c', '11:12', 'version', 'must match pattern "^v"'],
    [
      '{properties: {version: {anyOf: [{const: a}, {const: b}]}}}',
      'version: c',
      '11:12',
      'version',
      'fits none of the alternatives, or too many',
    ],
    [
      '{properties: {parameters: {additionalProperties: false, properties: {a: {}}}}}',
      'parameters: {b: 1}',
      '11:19',
      'parameters.b',
      'is not allowed',
    ],
    [
      '{properties: {parameters: {propertyNames: {maxLength: 1}}}}',
      'parameters: {bc: 1}',
      '11:20',
      'parameters.bc',
      'has a name that must NOT have more than 1 characters',
    ],
  ])('of %s is at the value', async (schema, text, place, path, reason) => {
    expect(await violations(spec(schema), deployment(text))).toEqual([
      `s.yaml:${place} deployment/etl/prod ${path}: Rule (rule r): it ${reason}.`,
    ])
  })

  test('is at the written place of an item that the canonical form has elsewhere', async () => {
    const schedules =
      'schedules:\n- {slug: z, cron: "* * * * *", active: true}\n- {slug: a, cron: "0 5 * * *", active: true}'
    expect(
      await violations(spec('{properties: {schedules: {items: {minimumInterval: 300}}}}'), deployment(schedules)),
    ).toEqual([
      's.yaml:12:5 deployment/etl/prod schedules[z]: Rule (rule r): it has runs that are 60 s apart, less than 300 s.',
    ])
  })

  test('is at the line of the overlay that made the value', async () => {
    const { overlay, issues } = readOverlay(
      'prod.yaml',
      'kind: overlay\nversion: 1\nentries:\n- match: deployment/**\n  set: {/spec/version: c}\n  rename: {from: prod, to: live}\n',
      {},
    )
    expect(issues).toEqual([])
    const over = applyOverlay(parsed(deployment('version: a\ntags: [x]')), overlay, kinds)
    expect(over.issues).toEqual([])
    const schema = '{properties: {version: {const: a}, tags: {maxItems: 0}}}'
    expect(await violations(spec(schema), over)).toEqual([
      'prod.yaml:5:9 deployment/etl/live version: Rule (rule r): it must be "a".',
      's.yaml:12:3 deployment/etl/live tags: Rule (rule r): it must NOT have more than 0 items.',
    ])
  })
})

test('a line of an overlay that violates a rule in several resources is one violation, with their number', async () => {
  const text = "kind: overlay\nversion: 1\nentries: [{match: 'variable/*', set: {/spec/value: c}}]\n"
  const { overlay } = readOverlay('prod.yaml', text, {})
  const variables = ['x', 'y', 'z'].map((key) => `kind: variable\nkey: ${key}\nspec: {value: a}\n`)
  const over = applyOverlay(parsed(variables.join('---\n')), overlay, kinds)
  const rule = "match: 'variable/*', schema: {properties: {spec: {properties: {value: {const: a}}}}}"
  expect(await violations(rule, over)).toEqual([
    'prod.yaml:3:39 variable/x (and 2 more) value: Rule (rule r): it must be "a".',
  ])
})

describe('the document that a rule sees', () => {
  test('has the defaults of its kind, written or not', async () => {
    const rule = spec('{properties: {enforce_parameter_schema: {const: false}}}')
    const told = expect.stringMatching(/enforce_parameter_schema: Rule \(rule r\): it must be false\.$/)
    expect(await violations(rule, deployment('paused: true'))).toEqual([told])
    expect(await violations(rule, deployment('enforce_parameter_schema: true'))).toEqual([told])
    expect(await violations(rule, deployment('enforce_parameter_schema: false'))).toEqual([])
  })

  test('has placeholders of secrets, never a value in clear text', async () => {
    const text = `kind: variable\nkey: token\nsecrets:\n  /value: {plain: canary}\n`
    const rule = (schema: string) =>
      `match: 'variable/*', schema: {properties: {secrets: {additionalProperties: ${schema}}}}`
    const told = await violations(rule('{not: {required: [plain]}}'), text)
    expect(told).toEqual(['s.yaml:7:3 variable/token secrets["/value"]: Rule (rule r): it is what the rule excludes.'])
    expect(await violations(rule('{properties: {plain: {const: hidden}}}'), text)).toEqual([])
    // The value is a secret, so there is no default in its place.
    expect(
      await violations(`match: 'variable/*', schema: {properties: {spec: {properties: {value: false}}}}`, text),
    ).toEqual([])
  })

  test('has numbers as JSON has them, also where JavaScript has none', async () => {
    const rule =
      "match: 'variable/*', schema: {properties: {spec: {properties: {value: {type: integer, maximum: 100}}}}}"
    const variable = (value: string) => `kind: variable\nkey: x\nspec: {value: ${value}}\n`
    expect(await violations(rule, variable('100.0'))).toEqual([])
    expect(await violations(rule, variable('18446744073709551615'))).toEqual([
      's.yaml:6:15 variable/x value: Rule (rule r): it must be <= 100.',
    ])
  })

  test('may be forbidden as a whole', async () => {
    expect(await violations("match: 'flow/*', schema: false", flow.replace('---\n', ''))).toEqual([
      's.yaml:4:1 flow/etl: Rule (rule r): it is not allowed.',
    ])
  })
})

test('a rule of environments applies with -E only', async () => {
  const rule = `${spec('{required: [paused]}')}, environments: [prod]`
  const text = deployment('tags: [a]')
  expect(await violations(rule, text)).toEqual([])
  expect(await violations(rule, text, 'dev')).toEqual([])
  expect(await violations(rule, text, 'prod')).toHaveLength(1)
})

test('minimumInterval demands a schedule whose runs can be computed', async () => {
  expect(
    await violations(spec('{properties: {parameters: {minimumInterval: 300}}}'), deployment('parameters: {}')),
  ).toEqual([expect.stringContaining('it is not a schedule, which minimumInterval is for.')])
  const rule = spec('{properties: {schedules: {items: {minimumInterval: 300}}}}')
  for (const [schedule, count] of [
    ['interval: 300', 0],
    ['interval: 299.5', 1],
    ['cron: "*/5 * * * *"', 0],
    ['cron: "*/7 * * * *"', 1],
    ['rrule: "FREQ=MINUTELY;INTERVAL=4"', 1],
    ['rrule: "FREQ=HOURLY"', 0],
  ] as const)
    expect(await violations(rule, deployment(`schedules: [{${schedule}, active: false}]`))).toHaveLength(count)
})
