import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { readSources } from '../../src/store/files.ts'
import { command } from '../support/command.ts'

const id = 'b091c6f6-906f-4f61-a4b2-a474a53a4b50'

function write(text: string, name = 'automations.yaml'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-')), name)
  writeFileSync(file, text)
  return file
}

async function read(text: string, name?: string): Promise<Parsed> {
  const context = { cwd: process.cwd(), env: {}, stdin: async () => new Uint8Array() }
  return parseSnapshot(await readSources(`automations:${write(text, name)}`, context), kinds)
}
const messages = ({ issues }: Parsed) => issues.map(({ place, message }) => `${place?.line}: ${message}`)
const one = 'name: one\ntrigger: {expect: [a, a], within: 10}\nactions:\n- {type: cancel-flow-run}\n'
const expected = {
  kind: 'automation',
  key: 'one',
  spec: {
    enabled: true,
    trigger: { type: 'event', posture: 'Reactive', expect: ['a'], within: 10 },
    actions: [{ type: 'cancel-flow-run' }],
  },
}

describe('an automation file', () => {
  it.each([
    ['one automation', one, 'a.yaml'],
    ['a list', `- ${one.trimEnd().replaceAll('\n', '\n  ')}\n`, 'a.yaml'],
    ['automations:', `automations:\n- ${one.trimEnd().replaceAll('\n', '\n  ')}\n`, 'a.yaml'],
    [
      'JSON',
      JSON.stringify(
        { name: 'one', trigger: { expect: ['a'], within: 10 }, actions: [{ type: 'cancel-flow-run' }] },
        null,
        1,
      ),
      'a.json',
    ],
  ])('is read: %s', async (_, text, name) => {
    const parsed = await read(text, name)
    expect(messages(parsed)).toEqual([])
    expect(parsed.snapshot.resources).toMatchObject([expected])
    const out = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-import-')), 'out.yaml')
    expect(await command(['import', write(text, name), '-o', out])).toMatchObject({ exit: 0 })
    expect(readFileSync(out, 'utf8')).toContain('key: one')
  })

  it('names what its IDs name, if --name-of says it', async () => {
    const action = `- {type: run-deployment, deployment_id: ${id}}\n`
    const parsed = await read(one + action)
    expect(parsed.issues).toMatchObject([{ code: 'unresolved-id', severity: 'warning', place: { line: 5 } }])
    const file = write(one + action)
    const { out, exit } = await command([
      'import',
      file,
      '-o',
      '-',
      '--name-of',
      `${id.toUpperCase()}=deployment/etl/prod`,
    ])
    expect([
      exit,
      out.includes('<ref:deployment/etl/prod>'),
      /external:[\s\S]*?deployment\/etl\/prod[\s\S]*?---/.test(out),
    ]).toEqual([0, true, true])
    const wrong = await command(['import', file, '-o', '-', '--name-of', 'x=deployment/etl/prod'])
    expect([wrong.exit, wrong.issues.map(({ code }) => code)]).toEqual([3, ['usage']])
  })

  it.each([
    ['no name', 'trigger: {}\nactions: []\n', '1: An automation needs a name.'],
    ['no trigger', 'name: a\nactions: []\n', '1: An automation needs a trigger.'],
    [
      'no ID',
      `${one}- {type: send-notification, body: x, block_document_id: "$block:x"}\n`,
      '5: block_document_id must be an ID.',
    ],
    ['an entry that is none', 'automations:\n- x\n', '2: An automation must be a mapping.'],
    ['nothing', 'automations: []\n', '1: The file has no automations.'],
    [
      'a rule of Prefect that it breaks',
      'name: a\ntrigger: {type: compound, triggers: [], require: 3}\nactions: []\n',
      '2: ',
    ],
  ])('is refused with the line: %s', async (_, text, message) => {
    const parsed = await read(text)
    const errors = { ...parsed, issues: parsed.issues.filter(({ severity }) => severity === 'error') }
    expect(messages(errors).join('\n')).toContain(message)
  })

  it('keeps text that looks like a token, and says which fields Prefect ignores', async () => {
    const parsed = await read(
      `${one}labels: {}\ndescription: "<ref:x>"\nactions_on_trigger:\n- {type: call-webhook, block_document_id: ${id}, payload: "<ref:x>"}\n`,
    )
    expect(messages(parsed)).toContain('5: Prefect ignores labels of an automation.')
    expect(parsed.snapshot.resources[0]?.spec.actions_on_trigger).toMatchObject([{ payload: '<<ref:x>' }])
  })
})
