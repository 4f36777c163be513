import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { readSources } from '../../src/store/files.ts'
import { command } from '../support/command.ts'

const fixture = 'test/fixtures/import/prefect.yaml'

async function read(path: string, env: Readonly<Record<string, string>> = {}): Promise<Parsed> {
  const context = { cwd: process.cwd(), env, stdin: async () => new Uint8Array() }
  return parseSnapshot(await readSources(`prefect-yaml:${path}`, context), kinds)
}

/** Reads a file with one deployment, whose entry has these lines. */
async function readEntry(lines: readonly string[], more = 'pull: []', env = {}): Promise<Parsed> {
  const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-')), 'prefect.yaml')
  const entry = lines.map((line) => `    ${line}\n`).join('')
  writeFileSync(file, `${more}\ndeployments:\n  - entrypoint: a.py:my_flow\n${entry}`)
  return read(file, env)
}
const usual = ['name: one', 'work_pool: {name: k8s}']
const messages = ({ issues }: Parsed) => issues.map(({ place, message }) => `${place?.line}: ${message}`)
const of = ({ snapshot }: Parsed, kind: string) => snapshot.resources.filter((resource) => resource.kind === kind)
const specOf = (parsed: Parsed, key: string): JsonObject | undefined =>
  of(parsed, 'deployment').find((resource) => resource.key === key)?.spec

describe('a prefect.yaml', () => {
  it('becomes flows, deployments and automations', async () => {
    const parsed = await read(fixture, { SHOP_TAG: 'v3' })
    expect(messages(parsed)).toEqual([])
    expect(of(parsed, 'flow').map(({ key }) => key)).toEqual(['Load orders', 'report'])
    expect(specOf(parsed, 'Load orders/nightly')).toEqual({
      description: 'Loads the orders of the day.',
      version: '1.2',
      tags: ['shop', 'True', '8'],
      entrypoint: 'flows/load.py:load_orders',
      pull_steps: [
        {
          'prefect.deployments.steps.git_clone': {
            access_token: '{{ prefect.blocks.secret.shop-git }}',
            branch: 'main',
            id: 'clone',
            repository: 'https://github.com/example/shop.git',
          },
        },
      ],
      parameters: { batch: 1000, dry_run: false, since: '2024-01-01' },
      job_variables: {
        env: { REGION: '{{ prefect.variables.region }}', TOKEN: '{{ prefect.blocks.secret.shop-token }}' },
        image: 'registry.example.com/shop:v3',
      },
      schedules: [
        { active: true, rrule: 'FREQ=DAILY;COUNT=3', slug: 'three-days' },
        { active: false, anchor_date: '2024-01-01T08:00:00Z', interval: 5400, parameters: { batch: 5 } },
        { active: true, cron: '0 3 * * *', timezone: 'Europe/Berlin' },
      ],
      concurrency_limit: 2,
      concurrency_options: { collision_strategy: 'CANCEL_NEW' },
    })
    expect(specOf(parsed, 'report/weekly')).toMatchObject({
      description: 'Reports the week.',
      job_variables: { cpu: 1, image: 'registry.example.com/shop:v3' },
      schedules: [{ active: true, cron: '0 6 * * 1' }],
      enforce_parameter_schema: false,
      paused: true,
      concurrency_limit: 1,
    })
    expect(specOf(parsed, 'report/weekly')).not.toHaveProperty('pull_steps')
    expect(parsed.snapshot.external).toEqual([
      'block/secret/shop-git',
      'block/secret/shop-token',
      'variable/region',
      'work-pool/k8s',
      'work-queue/k8s/default',
      'work-queue/k8s/slow',
    ])
    expect(of(parsed, 'automation')).toMatchObject([
      {
        key: 'both',
        refs: { owner: 'deployment/Load orders/nightly' },
        spec: { enabled: false, trigger: { type: 'compound', require: 'all', within: 3600 } },
      },
      {
        key: 'nightly__automation_1',
        refs: { owner: 'deployment/Load orders/nightly' },
        spec: {
          enabled: true,
          trigger: { type: 'event', posture: 'Reactive', expect: ['shop.order.placed'] },
          actions: [
            {
              type: 'run-deployment',
              source: 'selected',
              deployment_id: '<ref:deployment/Load orders/nightly>',
              parameters: { order: "{{ event.payload['id'] }}" },
            },
          ],
        },
      },
    ])
  })

  it('has the version of its code if neither it nor the code has one', async () => {
    const { createHash } = await import('node:crypto')
    const code = readFileSync(join(dirname(fixture), 'flows/load.py'))
    const parsed = await read(fixture)
    expect(specOf(parsed, 'report/weekly')?.version).toBe(createHash('md5').update(code).digest('hex'))
  })

  it('keeps what the environment lacks, with a warning at its line', async () => {
    const parsed = await read(fixture)
    expect(new Set(messages(parsed))).toEqual(
      new Set(['9: The environment has no SHOP_TAG, so {{ $SHOP_TAG }} stays in the text.']),
    )
    expect(specOf(parsed, 'Load orders/nightly')).toMatchObject({
      job_variables: { image: 'registry.example.com/shop:{{ $SHOP_TAG }}' },
    })
  })

  it.each<[string, readonly string[], string]>([
    [
      'a date as a version',
      [...usual, 'version: 2024-01-01'],
      '6: version must be text, but YAML reads it as a date. Quote it.',
    ],
    [
      'a number as a version',
      [...usual, 'version: 1.0'],
      '6: version must be text, but YAML reads it as a number. Quote it.',
    ],
    [
      'empty parameters',
      [...usual, 'parameters:'],
      '6: parameters must be a mapping, and must not be empty (Prefect refuses it). Write {} or remove it.',
    ],
    ['no pool', ['name: one'], '3: A deployment needs a work pool.'],
    [
      'a pool that only the environment has',
      ['name: one', 'work_pool: {name: "{{ $POOL }}"}'],
      '5: The work pool needs {{ $POOL }}, which has no value here.',
    ],
    [
      'a name that only a server has',
      ['name: "{{ prefect.variables.stage }}"', 'work_pool: {name: k8s}'],
      '4: The name of the deployment needs {{ prefect.variables.stage }}, which has no value here.',
    ],
    [
      'both forms of schedules',
      [...usual, 'schedule: {cron: 0 * * * *}', 'schedules: []'],
      '6: A deployment has either schedule or schedules.',
    ],
    [
      'two forms in one schedule',
      [...usual, 'schedules: [{cron: 0 * * * *, interval: 60}]'],
      '6: A schedule must have exactly one of cron, interval and rrule.',
    ],
    [
      'a field that schedules do not have',
      [...usual, 'schedules: [{cron: 0 * * * *, catchup: true}]'],
      '6: A schedule has no field catchup, so Prefect refuses the file.',
    ],
    [
      'a cron expression that is none',
      [...usual, 'schedules:', '  - cron: 61 * * * *'],
      'Prefect refuses the cron expression "61 * * * *"',
    ],
    ['a trigger without the time that it needs', [...usual, 'triggers:', '  - within: never'], '7: '],
    ['steps that are none', [...usual, 'build: [x]'], '6: A step must be a mapping.'],
  ])('is refused with the line of %s', async (_, lines, message) => {
    const parsed = await readEntry(lines)
    const errors = { ...parsed, issues: parsed.issues.filter(({ severity }) => severity === 'error') }
    expect(messages(errors).join('\n')).toContain(message)
  })

  it.each<[string, string, Readonly<Record<string, string>>, unknown]>([
    ['outputs of build steps', 'build:\n- x.y: {id: b}\n', {}, { image: 'r:{{ b.tag }}', only: '{{ b.tag }}' }],
    ['nothing', '', {}, { image: 'r:' }],
  ])('fills templates from %s as Prefect does', async (_, steps, env, variables) => {
    const lines = [
      'name: one',
      'work_pool:',
      '  name: k8s',
      '  job_variables: {image: "r:{{ b.tag }}", only: "{{ b.tag }}"}',
    ]
    const parsed = await readEntry(lines, `${steps}pull: []`, env)
    expect(specOf(parsed, 'my-flow/one')?.job_variables).toEqual(variables)
    expect(messages(parsed).filter((message) => message.includes('{{ b.tag }}'))).toHaveLength(2)
  })

  it('gives automations of the same name keys of their own', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-')), 'prefect.yaml')
    const entry = (name: string) =>
      `- {name: prod, entrypoint: 'x.py:${name}', work_pool: {name: k}, triggers: [{expect: [${name}]}]}\n`
    writeFileSync(file, `pull: []\ndeployments:\n${entry('a')}${entry('b')}`)
    const parsed = await read(file)
    expect(of(parsed, 'automation').map(({ key }) => key)).toEqual([
      'prod__automation_1',
      expect.stringMatching(/^prod__automation_1#[0-9a-f]{8}$/),
    ])
  })

  it('that only has unnamed deployments is refused', async () => {
    const parsed = await readEntry(['work_pool: {name: k8s}'])
    expect(parsed.issues.map(({ code }) => code)).toEqual(['ignored-field', 'nothing-to-import'])
  })
})

describe('import', () => {
  it('writes a file that plans as the prefect.yaml does, and convert writes the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-'))
    const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')]
    const env = { SHOP_TAG: 'v3' }
    expect(await command(['import', fixture, '-o', a], env)).toMatchObject({ exit: 0, out: '' })
    expect(await command(['convert', fixture, '-o', b], env)).toMatchObject({ exit: 0 })
    expect(readFileSync(b, 'utf8')).toBe(readFileSync(a, 'utf8'))
    const same = await command(['diff', a, `prefect-yaml:${fixture}`, '--exit-code'], env)
    expect(same).toMatchObject({ exit: 0 })
    expect(await command(['validate', a])).toMatchObject({ exit: 0 })
    expect(await command(['import', fixture, '-o', a, '--output-of', 'x=1'])).toMatchObject({ exit: 0 })
  })

  it('writes directories and bundles', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-'))
    for (const out of ['dir/', 'one.tar.gz']) {
      expect(await command(['import', fixture, '-o', join(folder, out)])).toMatchObject({ exit: 0 })
      const same = await command(['diff', join(folder, out), `prefect-yaml:${fixture}`, '--exit-code'])
      expect(same).toMatchObject({ exit: 0 })
    }
  })

  it('writes nothing if there is an error', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-')), 'out.yaml')
    const bad = join(dirname(out), 'prefect.yaml')
    writeFileSync(bad, 'deployments:\n- {name: a, entrypoint: a.py:b}\n')
    const { exit, issues } = await command(['import', bad, '-o', out])
    expect([exit, issues.filter(({ severity }) => severity === 'error').map(({ place }) => place?.line)]).toEqual([
      3,
      [2],
    ])
    expect(existsSync(out)).toBe(false)
  })

  it('refuses files of no format', async () => {
    const { exit, issues } = await command(['import', 'snapshots/data-team.snapshot.yaml', '-o', '-'])
    expect([exit, issues.map(({ code }) => code)]).toEqual([3, ['unknown-format']])
  })
})

const corpus = resolve(process.env.PREFECT_SNAPSHOT_CORPUS ?? '')
const present = 'PREFECT_SNAPSHOT_CORPUS' in process.env

describe.runIf(present)('the corpus', () => {
  it('is read, or refused with a line', async () => {
    const { readdirSync } = await import('node:fs')
    for (const folder of ['prefect-yaml', 'prefect-yaml-broken'])
      for (const name of readdirSync(join(corpus, folder))) {
        const context = { cwd: corpus, env: {}, stdin: async () => new Uint8Array() }
        const { issues, snapshot } = parseSnapshot(await readSources(`prefect-yaml:${folder}/${name}`, context), kinds)
        const errors = issues.filter(({ severity }) => severity === 'error')
        if (errors.length === 0) expect(snapshot.resources.length, name).toBeGreaterThan(0)
        for (const { place } of issues) expect(place?.line, name).toBeGreaterThan(0)
      }
  })
})
