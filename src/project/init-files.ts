/** A file that `init` writes. */
export interface Part {
  readonly path: string
  readonly text: string
  /** Whether it is a list of lines, to which missing ones can be added. */
  readonly lines?: true
}

const checkout = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2'
const upload = 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2'
const download = 'actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0'

/** The environment variables of a workflow: its server, and secrets of the snapshot. */
const server = `    env:
      PREFECT_API_URL: \${{ vars.PREFECT_API_URL }}
      PREFECT_API_KEY: \${{ secrets.PREFECT_API_KEY }}
      # A line for each placeholder of the snapshot:
      # SECRET_API_TOKEN_VALUE: \${{ secrets.SECRET_API_TOKEN_VALUE }}
`

const policy = `# Resources that prefect-snapshot must never delete, renamed resources, and rules of your own. Read by \`plan\` and \`apply\`.
version: 1
protect: []
#  - work-pool/**
moved: []
#  - {from: deployment/etl/old, to: deployment/etl/new}
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
    { path: '.github/workflows/prefect-plan.yml', text: planWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-apply.yml', text: applyWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-drift.yml', text: driftWorkflow(snapshot, action) },
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

/** A path as a scalar in a YAML flow mapping. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : JSON.stringify(path)
}

function planWorkflow(snapshot: string, action: string): string {
  return `# Posts the plan of a pull request as a comment.
name: Prefect plan
on: pull_request
permissions:
  contents: read
  pull-requests: write
jobs:
  plan:
    runs-on: ubuntu-latest
${server}    steps:
      - uses: ${checkout}
      - uses: ${action}
        with: {command: plan, snapshot: ${quoted(snapshot)}}
`
}

function applyWorkflow(snapshot: string, action: string): string {
  return `# Plans the merged snapshot again and applies this plan; the apply fails if the server has changed in between.
# Reviewers of the environment "production" approve the apply.
name: Prefect apply
on:
  push:
    branches: [main]
permissions:
  contents: read
concurrency: prefect-apply
jobs:
  plan:
    runs-on: ubuntu-latest
${server}    steps:
      - uses: ${checkout}
      - uses: ${action}
        id: plan
        with: {command: plan, snapshot: ${quoted(snapshot)}}
      - uses: ${upload}
        with: {name: prefect-plan, path: prefect-plan.json}
    outputs:
      exit-code: \${{ steps.plan.outputs.exit-code }}
  apply:
    needs: plan
    if: needs.plan.outputs.exit-code == '2'
    runs-on: ubuntu-latest
    environment: production
${server}    steps:
      - uses: ${checkout}
      - uses: ${download}
        with: {name: prefect-plan}
      - uses: ${action}
        with: {command: apply, snapshot: prefect-plan.json}
`
}

function driftWorkflow(snapshot: string, action: string): string {
  return `# Fails if the server no longer matches the snapshot.
name: Prefect drift
on:
  schedule:
    - cron: 17 4 * * *
  workflow_dispatch:
permissions:
  contents: read
jobs:
  drift:
    runs-on: ubuntu-latest
${server}    steps:
      - uses: ${checkout}
      - uses: ${action}
        with: {command: drift, snapshot: ${quoted(snapshot)}}
`
}
