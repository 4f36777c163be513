import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { testVersions } from '../servers/versions.ts'
import { cliIn, newHome } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { worldOf } from '../support/world.ts'
import { seed } from '../worlds/seed.ts'

/** Triggers of a deployment are automations that the deployment owns, which no response of a server says. */
const servers: PrefectServer[] = []
afterAll(() => Promise.all(servers.map((server) => server.stop())))

describe.each(testVersions)('the triggers of a deployment on %s', (version) => {
  test('are replaced by the next deploy on the destination, like on the source; those of others stay', async () => {
    const [from, to] = await Promise.all([freshServer(version), freshServer(version)])
    servers.push(from, to)
    expect(await seed('named_triggers', version, from.url)).toEqual({ automations: 3 })
    const { id } = await plainHttp(from.url).get('/deployments/name/etl/prod')
    const run = { type: 'run-deployment', source: 'selected', deployment_id: id }
    const trigger = { type: 'event', posture: 'Reactive', expect: ['own'] }
    const own = { name: 'own', trigger, actions: [run, { type: 'do-nothing' }], enabled: true }
    await plainHttp(from.url).post('/automations/', own)

    const { good, cli } = cliIn(newHome())
    const file = join(newHome(), 'x.snapshot.yaml')
    await good('export', '--api-url', from.url, '-o', file)
    const planned = await good('plan', file, '--api-url', to.url)
    expect(planned.stdout).toContain('deployment/etl/prod will own it and replace it when it is deployed again')
    // Nothing shows whether a trigger with a second action was edited, or made like this.
    expect(planned.stdout.replace(/\s+/g, ' ')).toContain('it may be an edited trigger of deployment/etl/prod')
    await good('apply', file, '--api-url', to.url, '--yes')
    expect(await worldOf(to.url)).toEqual(await worldOf(from.url))
    const again = await cli('plan', file, '--api-url', to.url, '--exit-code')
    expect(again.exit, again.stdout).toBe(0)

    expect(await seed('named_triggers', version, to.url)).toEqual({ automations: 4 })
    // The client itself changes other fields of the deployment when it deploys again.
    const automationsOf = async (url: string) => ((await worldOf(url)) as { automation: unknown }).automation
    expect(await automationsOf(to.url)).toEqual(await automationsOf(from.url))
    const names = await plainHttp(to.url).list('/automations/filter', {})
    expect(names.map(({ name }) => name).sort()).toEqual(['on both', 'on file', 'own', 'prod__automation_2'])
  })
})

test('one that the snapshot does not call owned is made without an owner, and differs from nothing', async () => {
  const [to] = servers.slice(-1)
  if (!to) throw new Error('no server is left')
  const { good, cli } = cliIn(newHome())
  const file = join(newHome(), 'y.snapshot.yaml')
  const text = (await good('export', '--api-url', to.url, '-o', '-')).stdout
  writeFileSync(file, text.replaceAll(/^refs:\n {2}owner: deployment\/etl\/prod\n/gm, ''))
  const planned = await cli('plan', file, '--api-url', to.url, '--exit-code')
  expect(planned.exit, planned.stdout + planned.stderr).toBe(0)
})
