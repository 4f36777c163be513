import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, writeJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { atLeast } from '../../src/version.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, old } from '../servers/versions.ts'
import { type RuleCase, ruleCases } from './rules-table.ts'

/** What `validate` says about a value; the documents need not be complete otherwise. */
function toldOffline({ documents }: RuleCase, value: Json): string[] {
  const texts = [{ kind: 'snapshot', version: 1 }, ...documents(value)].map((document) => writeJson(document))
  return parseSnapshot([{ file: 'x.yaml', text: texts.join('\n---\n') }], kinds)
    .issues.map(({ code }) => code)
    .filter((code) => code === 'refused-value' || code === 'invalid-value')
}

/** Posts JSON with exact numbers, again while the server is busy. Throws on an error status, or if the connection is dropped. */
function poster(url: string) {
  return {
    async post(path: string, body: unknown): Promise<Record<string, unknown>> {
      const headers = { 'content-type': 'application/json' }
      for (let attempt = 0; ; attempt++) {
        const response = await fetch(url + path, { method: 'POST', headers, body: writeJson(body as Json) })
        const text = await response.text()
        if (response.ok) return JSON.parse(text) as Record<string, unknown>
        // A busy server has not judged the value.
        if (response.status !== 503 || attempt === 20) throw new Error(`${response.status} ${text}`)
        await setTimeout(250)
      }
    },
  }
}

test('every rule has a case', () => {
  const names = kinds.flatMap(({ name, fields, keyRules = [] }) =>
    [...keyRules, ...Object.values(fields).flatMap(({ rules = [] }) => rules)].map((rule) => `${name}/${rule.name}`),
  )
  expect(ruleCases.map(({ rule }) => rule).sort()).toEqual([...new Set(names)].sort())
})

/* The same values, told offline and sent to a real server: both take them, or both refuse them. */
describe.each([newest, old] as const)('Prefect %s', (version) => {
  let server: PrefectServer
  let flowId: unknown
  let count = 0

  beforeAll(async () => {
    server = await freshServer(version)
    flowId = (await poster(server.url).post('/flows/', { name: 'etl' })).id
  })
  afterAll(() => server?.stop())

  test.each(ruleCases.filter(({ since = version }) => atLeast(version, since)))('$rule', async (one) => {
    const http = poster(server.url)
    const verdicts = async (values: readonly Json[] = [], isGood: boolean) => {
      const out = []
      for (const value of values) {
        const stage = { http, name: `case-${count++}`, flowId }
        const answer = await one.send(value, stage).then(
          () => 'taken',
          (error: Error) => error.message,
        )
        const isTaken = answer === 'taken'
        const surprise = isTaken === isGood ? {} : { answer }
        out.push({ value, isTaken, isTold: toldOffline(one, value).length > 0, ...surprise })
      }
      return out
    }
    const judge = (values: readonly Json[], isTaken: boolean) =>
      values.map((value) => ({ value, isTaken, isTold: !isTaken }))
    expect(await verdicts(one.bad, false)).toEqual(judge(one.bad, false))
    expect(await verdicts(one.good, true)).toEqual(judge(one.good, true))
    const warned = (one.warned ?? []).map((value) => ({ value, isTaken: true, isTold: true }))
    expect(await verdicts(one.warned, true)).toEqual(warned)
  })
})
