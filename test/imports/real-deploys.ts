import { spawn } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { ensureVenv, type ServerVersion } from '../servers/venv.ts'
import { runCli } from '../support/cli.ts'
import { deletePlatform, plainHttp } from '../support/plain-http.ts'
import { plainRows } from '../support/plain-rows.ts'

type Row = Readonly<Record<string, unknown>>

/** What came of one prefect.yaml. */
export interface Deployed {
  readonly file: string
  /** `prefect deploy --all` failed, and import refused the file. */
  readonly refused: 'both' | 'prefect' | 'import' | 'neither'
  /** Deployments and automations that Prefect made. */
  readonly deployments: number
  readonly equal: number
  readonly automations: number
  readonly differences: readonly string[]
  readonly log: string
}

/** How a file is imported. */
export interface How {
  /** The code of the flows is beside the file. By default, each flow is a stub. */
  readonly withCode?: boolean
  /** The import asks Prefect about the flows, and the schemas of parameters are compared, too. */
  readonly asksPython?: boolean
}

/** Compares imports with the real `prefect deploy`, each on a server of its own. */
export interface RealDeploys {
  /** Server that `prefect deploy` uses, and server that imports are applied to. Both are empty between comparisons. */
  readonly urls: { readonly theirs: string; readonly ours: string }
  /** The interpreter with Prefect. */
  readonly python: string
  compare(file: string, how?: How): Promise<Deployed>
  stop(): Promise<void>
}

/** Starts two servers of a version, and its Prefect. */
export async function openRealDeploys(version: ServerVersion): Promise<RealDeploys> {
  const [theirs, ours] = await Promise.all([freshServer(version), freshServer(version)])
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'prefect-snapshot-deploys-')))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    PREFECT_HOME: home,
    PREFECT_API_URL: theirs.url,
    DO_NOT_TRACK: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PREFECT_LOGGING_LEVEL: 'ERROR',
  }
  const variables: Record<string, string> = {}
  const python = await ensureVenv(version)
  const script = fileURLToPath(new URL('./deploy_files.py', import.meta.url))
  let child: ReturnType<typeof spawn> | undefined
  let lines: AsyncIterator<string> | undefined
  /** Starts Prefect with the environment variables that the files need. */
  const start = () => {
    child = spawn(python, ['-W', 'ignore', script], {
      cwd: home,
      env: { ...env, ...variables },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    if (!child.stdout) throw new Error('no output')
    lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  }
  let turn = 0
  return {
    urls: { theirs: theirs.url, ours: ours.url },
    python,
    async compare(file, { withCode = false, asksPython = false } = {}) {
      turn += 1
      // Entrypoints may begin with `../`.
      const folder = join(home, `file-${turn}`, 'above', 'beside', 'shop')
      if (withCode) cpSync(dirname(file), folder, { recursive: true })
      else mkdirSync(folder, { recursive: true })
      copyFileSync(file, join(folder, 'prefect.yaml'))
      const text = readFileSync(file, 'utf8')
      const isNew = [...text.matchAll(/\{\{\s*\$(\w+)\s*\}\}/g)].filter(
        ([, name = '']) => !(name in variables) && !(name in env),
      )
      for (const [, name = ''] of isNew) variables[name] = `value of ${name}`.replaceAll(' ', '-')
      if (!child || isNew.length > 0) {
        child?.kill()
        start()
      }
      const { outputs, flags } = outputsOf(text)
      child?.stdin?.write(`${JSON.stringify({ folder, outputs, stubs: !withCode })}\n`)
      const { value } = (await lines?.next()) ?? {}
      const { code, log } = JSON.parse(String(value)) as { code: number; log: string }
      const args = [
        'import',
        join(folder, 'prefect.yaml'),
        '--as',
        'prefect-yaml',
        '-o',
        join(folder, 'out.yaml'),
        ...flags,
        ...(asksPython ? ['--python', python] : []),
      ]
      const imported = await runCli(args, { env: { ...variables }, cwd: folder })
      const failed = code !== 0 || !/successfully created/.test(log)
      const refused =
        failed && imported.exit !== 0 ? 'both' : failed ? 'prefect' : imported.exit !== 0 ? 'import' : 'neither'
      const said = log + imported.stderr
      if (refused !== 'neither') {
        await Promise.all([deletePlatform(theirs.url), deletePlatform(ours.url)])
        return { file, refused, deployments: 0, equal: 0, automations: 0, differences: [], log: said }
      }
      await copyPools(theirs, ours)
      const out = join(folder, 'out.yaml')
      // The blocks and variables that the file names are on neither server.
      const header = /^external:[\s\S]*?(?=^\w|^---)/m
      writeFileSync(out, readFileSync(out, 'utf8').replace(header, 'external: ["work-pool/**"]\n'))
      const applied = await runCli(
        ['apply', join(folder, 'out.yaml'), '--api-url', ours.url, '--yes', '--allow-unresolved'],
        { cwd: folder },
      )
      const [a, b] = [await plainRows(theirs.url), await plainRows(ours.url)]
      const result = compareRows(a, b, asksPython)
      await Promise.all([deletePlatform(theirs.url), deletePlatform(ours.url)])
      return { file, refused, ...result, log: applied.exit === 0 ? '' : applied.stderr + applied.stdout }
    },
    async stop() {
      child?.kill()
      await Promise.all([theirs.stop(), ours.stop()])
    },
  }
}

/** Outputs of the steps that the templates of a file name, and the options that tell them to an import. */
function outputsOf(text: string): { outputs: Record<string, unknown>; flags: string[] } {
  const outputs: Record<string, Record<string, string>> = {}
  const flags: string[] = []
  for (const [, id = '', field = ''] of text.matchAll(/\{\{\s*([\w-]+)\.([\w-]+)\s*\}\}/g)) {
    if (id === 'prefect' || id === 'ctx' || id === 'event' || field === 'directory') continue
    if (!new RegExp(`id: *["']?${id}\\b`).test(text)) continue
    outputs[id] ??= {}
    outputs[id][field] = `${id}-${field}`
    flags.push('--output-of', `${id}.${field}=${id}-${field}`)
  }
  return { outputs, flags }
}

/** The destination has the pools and queues that the file names. */
async function copyPools(from: PrefectServer, to: PrefectServer): Promise<void> {
  const [source, target] = [plainHttp(from.url), plainHttp(to.url)]
  for (const pool of await source.list('/work_pools/filter', {})) {
    await target.post('/work_pools/', { name: pool.name, type: pool.type })
    const path = `/work_pools/${encodeURIComponent(String(pool.name))}/queues`
    for (const { name } of await source.list(`${path}/filter`, {}))
      if (name !== 'default') await target.post(`${path}/`, { name })
  }
}

/** Compares the rows of flows, deployments and automations, field by field. */
function compareRows(a: ReadonlyMap<string, Row>, b: ReadonlyMap<string, Row>, withSchema: boolean) {
  const differences: string[] = []
  let [deployments, equal, automations] = [0, 0, 0]
  const isOurs = (key: string) => /^(deployment|automation|flow)\//.test(key)
  for (const [key, row] of a) {
    if (!isOurs(key)) continue
    const other = b.get(key)
    const before = differences.length
    if (!other) differences.push(`${key}: only Prefect makes it`)
    // Only an interpreter knows the parameters of a flow.
    else
      for (const field of new Set([...Object.keys(row), ...Object.keys(other)]))
        if ((withSchema || field !== 'parameter_openapi_schema') && !same(field, row[field], other[field]))
          differences.push(`${key} ${field}: ${JSON.stringify(row[field])} | ${JSON.stringify(other[field])}`)
    if (key.startsWith('deployment/')) deployments += 1
    if (key.startsWith('deployment/') && differences.length === before) equal += 1
    if (key.startsWith('automation/')) automations += 1
  }
  for (const key of b.keys()) if (isOurs(key) && !a.has(key)) differences.push(`${key}: only the import makes it`)
  return { deployments, equal, automations, differences }
}

/** Whether two values are the same: an interval without an anchor counts from the time of the request. */
function same(field: string, a: unknown, b: unknown): boolean {
  const text = (value: unknown) => {
    const written = JSON.stringify(sorted(value)) ?? ''
    if (field === 'schedules')
      return written
        .replaceAll(/"anchor_date":"2026-[^"]*"/g, '"anchor_date":"now"')
        .replaceAll(/"(id|created|updated|deployment_id)":"[^"]*",?/g, '')
    return field === 'trigger' ? written.replaceAll(/"id":"[^"]*",?/g, '') : written
  }
  return text(a) === text(b)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
