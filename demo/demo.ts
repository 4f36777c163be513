/*
 * The story of the README on two real Prefect servers: `npm run demo`. With `--keep` the directory stays.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStage, type Stage } from './stage.ts'

const file = 'acme.snapshot.yaml'

async function moveAPlatform(stage: Stage): Promise<void> {
  const { say, run, show, prod } = stage
  say('Two Prefect 3.8.8 servers run. `staging` holds the platform of a data team, `prod` is empty.')
  say('1. Export: the whole configuration of a server as one YAML file.')
  await run(`prefect-snapshot export --profile staging -o ${file}`)
  const text = readFileSync(join(stage.dir, file), 'utf8')
  show(`head -21 ${file}`, text.split('\n').slice(0, 21).join('\n'))

  say('2. One document a resource, without ids. A secret is a placeholder that names where its value comes from:')
  show(`sed -n '/^key: acme-warehouse-login.loader/,/^---/p' ${file}`, documentOf(text, 'acme-warehouse-login/loader'))
  say('What points to another resource says its name, also deep inside of an automation:')
  show(`sed -n '/^key: Revenue report after dbt/,/^---/p' ${file}`, documentOf(text, 'Revenue report after dbt'))
  say('All of it together is a graph, which can be drawn: here what one deployment needs.')
  await run(`prefect-snapshot graph ${file} -f mermaid --focus deployment/dbt-build/prod`, [16, 0])
  await run(`prefect-snapshot validate ${file}`)

  say('3. Plan: what would have to change on prod? It says at once which secrets it lacks.')
  const missing = await run(`prefect-snapshot plan ${file} --profile prod`, [8, 14], 3)
  say('So they are set. They are never written to a file, a plan or a log.')
  for (const name of new Set(missing.match(/(?<=export )[A-Z0-9_]+(?==)/g))) {
    stage.env[name] = name.includes('OAUTH') ? '{"client_id": "acme", "client_secret": "of prod"}' : 'of-prod'
    show(`export ${name}=…`)
  }
  await run(`prefect-snapshot plan ${file} --profile prod`, [7, 14])

  say('4. Apply: exactly that, in the order of what needs what.')
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes`, [4, 8])
  const done = prod.writes().filter(({ status }) => status >= 200 && status < 300).length
  say(`(${done} requests that wrote something.) And again:`)
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes`)
  say(
    `(${prod.requests.length} requests, ${prod.writes().length} of them writing, counted by a proxy in front of prod.)`,
  )
}

async function changeALine(stage: Stage): Promise<void> {
  const { say, run, show, prod } = stage
  say('5. From now on a change is an edit of the file: the daily dbt build half an hour earlier.')
  const text = readFileSync(join(stage.dir, file), 'utf8')
  const at = text.indexOf('cron: 0 5 * * *', text.indexOf('key: dbt-build/prod'))
  if (at < 0) throw new Error('the demo platform has no daily dbt build')
  writeFileSync(join(stage.dir, file), `${text.slice(0, at)}cron: 30 4 * * *${text.slice(at + 15)}`)
  show(`sed -i '/key: dbt-build.prod/,/^---/ s/cron: 0 5 /cron: 30 4 /' ${file}`)
  await run(`prefect-snapshot plan ${file} --profile prod`)
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes --journal change.ndjson`)
  const writes = prod.writes().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, '…')}`)
  say(`(What was written: ${writes.join(', ')}.)`)
  say('6. A change of mind: what an apply did is in its journal, and can be taken back.')
  await run('prefect-snapshot undo change.ndjson --profile prod --yes')
  say('7. What hangs together, as a graph for a wiki or a pull request: what the staging build needs.')
  await run(`prefect-snapshot graph ${file} -f mermaid --focus deployment/dbt-build/staging`)
}

/** What `sed` prints: the lines from a key to the end of its document. */
function documentOf(text: string, key: string): string {
  const lines = text.split('\n')
  const at = lines.indexOf(`key: ${key}`)
  return lines.slice(at, lines.indexOf('---', at) + 1).join('\n')
}

const keep = process.argv.includes('--keep')
try {
  const stage = await openStage(keep)
  try {
    await moveAPlatform(stage)
    await changeALine(stage)
    stage.say(
      keep
        ? `The files are in ${stage.dir}; the servers are stopped.`
        : 'Both servers are stopped, and nothing is left behind.',
    )
  } finally {
    await stage.close()
  }
} catch (error) {
  console.error(`\nThe demo cannot go on: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
