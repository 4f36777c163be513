import { initWorkflows } from './init-workflows.ts'

/** A file that `init` writes. */
export interface Part {
  readonly path: string
  readonly text: string
  /** Whether it is a list of lines, to which missing ones can be added. */
  readonly lines?: true
}

const policy = `# Resources that prefect-snapshot must never delete, renamed resources, and rules of your own. Read by \`validate\`, \`plan\` and \`apply\`.
version: 1
protect: []
#  - work-pool/**
moved: []
#  - {from: deployment/etl/old, to: deployment/etl/new}
rules: []
#  - name: five-minutes
#    match: deployment/**
#    schema: {properties: {spec: {properties: {schedules: {items: {minimumInterval: 300}}}}}}
#    message: No schedule runs more often than every five minutes.
`

/** All files that `init` writes; `schemas` are the JSON Schemas of the files that people edit. */
export function initFiles(
  snapshot: string,
  action: string,
  schemas: Readonly<Record<keyof typeof policyFiles | 'snapshot', string>>,
): readonly Part[] {
  const pathOf = (name: string) => `.prefect-snapshot/${name}.v1.json`
  const globs = { snapshot: snapshotGlobs(snapshot), ...policyFiles }
  const bound = Object.entries(globs).map(([name, files]) => [pathOf(name), files])
  const settings = { 'yaml.schemas': Object.fromEntries(bound) }
  return [
    { path: 'prefect-snapshot.yaml', text: policy },
    ...Object.entries(schemas).map(([name, text]) => ({ path: pathOf(name), text })),
    { path: '.vscode/settings.json', text: `${JSON.stringify(settings, null, 2)}\n` },
    { path: '.gitattributes', lines: true, text: '*.snapshot.yaml diff=prefect-snapshot\n' },
    { path: '.gitignore', lines: true, text: '.env\n*.plain.snapshot.yaml\nprefect-plan.json\n*.ndjson\n' },
    ...initWorkflows(snapshot, action),
  ]
}

/** The files of each schema but that of snapshots, as globs of an editor. */
const policyFiles = { overlay: ['*.overlay.yaml'], policy: ['prefect-snapshot.yaml'] } as const

/** The files of snapshots: by their name, and everything in a directory that is one. The last glob that matches decides. */
function snapshotGlobs(snapshot: string): readonly string[] {
  const isFile = /\.(ya?ml|tar\.gz)$/.test(snapshot) || /^(-$|git:)/.test(snapshot)
  if (isFile) return ['*.snapshot.yaml']
  const folder = snapshot.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  const others = Object.values(policyFiles).flat()
  const within = folder === '' || folder === '.' ? [] : [`${folder}/**/*.yaml`]
  return ['*.snapshot.yaml', ...within, ...others.map((glob) => `!${glob}`)]
}
