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

const policy = `# Resources that prefect-snapshot must never delete, and renamed resources. Read by \`plan\` and \`apply\`.
version: 1
protect: []
#  - work-pool/**
moved: []
#  - {from: deployment/etl/old, to: deployment/etl/new}
`

/** All files that `init` writes; `schema` is the JSON Schema of a snapshot. */
export function initFiles(snapshot: string, action: string, schema: string): readonly Part[] {
  const schemaPath = '.prefect-snapshot/snapshot.v1.json'
  const settings = { 'yaml.schemas': { [schemaPath]: ['*.snapshot.yaml'] } }
  return [
    { path: 'prefect-snapshot.yaml', text: policy },
    { path: schemaPath, text: schema },
    { path: '.vscode/settings.json', text: `${JSON.stringify(settings, null, 2)}\n` },
    { path: '.gitattributes', lines: true, text: '*.snapshot.yaml diff=prefect-snapshot\n' },
    { path: '.gitignore', lines: true, text: '.env\n*.plain.snapshot.yaml\nprefect-plan.json\n*.ndjson\n' },
    { path: '.github/workflows/prefect-plan.yml', text: planWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-apply.yml', text: applyWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-drift.yml', text: driftWorkflow(snapshot, action) },
  ]
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
