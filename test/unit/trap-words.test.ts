import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseJournal } from '../../src/journal/journal.ts'
import { kinds } from '../../src/kinds/all.ts'
import { substitute } from '../../src/overlay/env-variables.ts'
import { parseCron } from '../../src/schedule/cron.ts'
import { resolveSecrets } from '../../src/secrets/resolve-secrets.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { command } from '../support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-traps-'))
const snapshot = join(folder, 'snapshot.yaml')
writeFileSync(snapshot, 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n')
writeFileSync(join(folder, 'prefect-snapshot.yaml'), 'environments: {dev: dev.yaml}\n')

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  '%s, a name that every object inherits',
  (word) => {
    test('is an unknown environment, profile and field', async () => {
      const environment = await command(['validate', snapshot, '-E', word])
      expect(environment.issues.map(({ code }) => code)).toEqual(['unknown-environment'])
      const profile = await command(['plan', snapshot, '--profile', word])
      expect(profile.issues.map(({ code }) => code)).toEqual(['unknown-profile'])
      const explained = await command(['explain', `variable.${word}`])
      expect(explained.exit).toBe(3)
      const field = await command(['explain', `deployment.schedules.${word}`])
      expect(field.exit).toBe(3)
    })

    test('is a variable without a value in snapshots and overlays', async () => {
      const placeholder = { env: word }
      const resource = { kind: 'variable', key: 'a', refs: {}, spec: {}, secrets: { '/value': placeholder } }
      const values = await resolveSecrets([resource], { env: {}, identities: [], readFile: async () => '' })
      expect(values.missingReason(placeholder)?.reason).toContain('is not set')
      for (const format of ['env', 'json'])
        expect(substitute(`$\{${format}:${word}}`, {}, '').faults).toMatchObject([{ code: 'missing-variable' }])
    })

    test('is no alias of a cron expression, no action type and no part of a journal', () => {
      expect(parseCron(`@${word}`)).toContain('there is no alias')
      expect(parseCron(word)).toContain('instead of five')
      const text = `kind: snapshot\nversion: 1\n---\nkind: automation\nkey: a\nspec: {trigger: {type: event}, actions: [{type: ${word}}]}\n`
      const { issues } = parseSnapshot([{ file: 'a', text }], kinds)
      expect(issues.map(({ code }) => code)).toContain('refused-value')
      const head = `{"type":"head","schema":"prefect-snapshot/journal","version":1,"tool":"1","server":{"url":"a","version":"3"},"of":"a","time":1,"changes":1}\n`
      expect(parseJournal('a', `${head}{"type":"${word}"}\n`).entries).toEqual([])
      expect(parseJournal('a', `${head}{"type":"intent","ref":"variable/a","action":"${word}"}\n`)).toMatchObject({
        entries: [],
        damage: { lines: [2] },
      })
    })
  },
)
