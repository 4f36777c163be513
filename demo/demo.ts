/*
 * The tutorial (docs/tutorial.md) on two real Prefect servers: `npm run demo`. With `--keep`, the demo keeps its directory.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newest } from '../test/servers/versions.ts'
import { openStage, type Stage } from './stage.ts'

const file = 'acme.snapshot.yaml'

async function migratePlatform(stage: Stage): Promise<void> {
  const { say, run, show, prod } = stage
  say(`Two Prefect ${newest} servers are running. \`staging\` holds the platform of a data team, \`prod\` is empty.`)
  say('1. Export the configuration of a server to one YAML file.')
  await run(`prefect-snapshot export --profile staging -o ${file}`)
  const text = readFileSync(join(stage.dir, file), 'utf8')
  show(`head -21 ${file}`, text.split('\n').slice(0, 21).join('\n'))

  say('2. Each resource is one document, without server IDs. A secret is a placeholder with the source of its value:')
  show(`sed -n '/^key: acme-warehouse-login.loader/,/^---/p' ${file}`, documentOf(text, 'acme-warehouse-login/loader'))
  say('References use names, even deep inside an automation:')
  show(`sed -n '/^key: Revenue report after dbt/,/^---/p' ${file}`, documentOf(text, 'Revenue report after dbt'))
  say('All references together form a graph. This is what one deployment depends on:')
  await run(`prefect-snapshot graph ${file} -f mermaid --focus deployment/dbt-build/prod`, [16, 0])
  await run(`prefect-snapshot validate ${file}`)

  say('3. Plan the changes that prod needs. All missing secrets are reported together.')
  const missing = await run(`prefect-snapshot plan ${file} --profile prod`, [8, 14], 3)
  say('Set them. Their values are never written to a file, a plan or a log.')
  for (const name of new Set(missing.match(/(?<=export )[A-Z0-9_]+(?==)/g))) {
    stage.env[name] = name.includes('OAUTH') ? '{"client_id": "acme", "client_secret": "of prod"}' : 'of-prod'
    show(`export ${name}=…`)
  }
  await run(`prefect-snapshot plan ${file} --profile prod`, [7, 14])

  say('4. Apply exactly these changes, in dependency order.')
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes`, [4, 8])
  const done = prod.writes().filter(({ status }) => status >= 200 && status < 300).length
  say(`(${done} successful write requests.) Apply again:`)
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes`)
  say(
    `(${prod.requests.length} requests, ${prod.writes().length} of them writes, counted by a proxy in front of prod.)`,
  )
}

async function editOneLine(stage: Stage): Promise<void> {
  const { say, run, show, prod } = stage
  say('5. To change the server, edit the file: run the daily dbt build half an hour earlier.')
  const text = readFileSync(join(stage.dir, file), 'utf8')
  const at = text.indexOf('cron: 0 5 * * *', text.indexOf('key: dbt-build/prod'))
  if (at < 0) throw new Error('the demo platform has no daily dbt build')
  writeFileSync(join(stage.dir, file), `${text.slice(0, at)}cron: 30 4 * * *${text.slice(at + 15)}`)
  show(`sed -i '/key: dbt-build.prod/,/^---/ s/cron: 0 5 /cron: 30 4 /' ${file}`)
  await run(`prefect-snapshot plan ${file} --profile prod`)
  prod.clear()
  await run(`prefect-snapshot apply ${file} --profile prod --yes --journal change.ndjson`)
  const writes = prod.writes().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, '…')}`)
  say(`(Write requests: ${writes.join(', ')}.)`)
  say('6. Undo: the journal of an apply records what it did, and can be reverted.')
  await run('prefect-snapshot undo change.ndjson --profile prod --yes')
  say('7. Draw the graph for a wiki or a pull request: what the staging build depends on.')
  await run(`prefect-snapshot graph ${file} -f mermaid --focus deployment/dbt-build/staging`)
}

/** The lines from a key to the end of its document, as the `sed` command prints them. */
function documentOf(text: string, key: string): string {
  const lines = text.split('\n')
  const at = lines.indexOf(`key: ${key}`)
  return lines.slice(at, lines.indexOf('---', at) + 1).join('\n')
}

const whatToReadNext = `
Read next:
  README.md                                install, servers, and which page has what
  docs/recipes/README.md                   GitOps, drift, migration in waves, backup and restore
  snapshots/data-team.snapshot.yaml        a small snapshot
  node bin/prefect-snapshot.js help plan   the flags of a command, with examples`

const keep = process.argv.includes('--keep')
try {
  const stage = await openStage(keep)
  try {
    await migratePlatform(stage)
    await editOneLine(stage)
    stage.say(
      keep
        ? `The files are in ${stage.dir}. Stopping the servers.`
        : 'Stopping the servers and removing all files of the demo.',
    )
  } finally {
    await stage.close()
  }
  console.log(whatToReadNext)
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
