/** A workflow that `init` writes. */
interface Workflow {
  readonly path: string
  readonly text: string
}

const checkout = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2'
const upload = 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2'
const download = 'actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0'

const onDefaultBranch = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"

/** The server, and the secrets of the snapshot: for the step that needs them, and no other. */
const server = `        env:
          PREFECT_API_URL: \${{ vars.PREFECT_API_URL }}
          # One of the two, or neither: the key of Prefect Cloud, or "user:password" of a server.
          PREFECT_API_KEY: \${{ secrets.PREFECT_API_KEY }}
          PREFECT_API_AUTH_STRING: \${{ secrets.PREFECT_API_AUTH_STRING }}
          # A line for each placeholder of the snapshot:
          # SECRET_API_TOKEN_VALUE: \${{ secrets.SECRET_API_TOKEN_VALUE }}
`

/** The GitHub workflows for a snapshot: of the pull request, of the merge, and of every night. */
export function initWorkflows(snapshot: string, action: string): readonly Workflow[] {
  return [
    { path: '.github/workflows/prefect-plan.yml', text: planWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-apply.yml', text: applyWorkflow(snapshot, action) },
    { path: '.github/workflows/prefect-drift.yml', text: driftWorkflow(snapshot, action) },
  ]
}

/** A text as a YAML scalar. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text)
}

/** The files whose changes change the plan: the snapshot, and the settings beside it. */
function pathsOf(snapshot: string): readonly string[] {
  const path = snapshot.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  const name = path.slice(path.lastIndexOf('/') + 1)
  const isFolder = snapshot.endsWith('/') || !name.includes('.')
  const beside = path.slice(0, path.length - name.length)
  return isFolder ? [`${path}/**`, `${beside}prefect-snapshot.yaml`] : [path, `${beside}prefect-snapshot.yaml`]
}

/** The paths as a list of GitHub's patterns. In them, these characters are special and cannot be escaped. */
function patternItems(snapshot: string): string {
  const patterns = pathsOf(snapshot).map((path) => path.replace(/[[\]?+!\\]/g, '*'))
  return patterns.map((pattern) => `      - ${quoted(pattern)}\n`).join('')
}

/** The paths as lines of the action's input. */
function pathLines(snapshot: string): string {
  return pathsOf(snapshot)
    .map((path) => `            ${path}\n`)
    .join('')
}

function planWorkflow(snapshot: string, action: string): string {
  return `# Shows the plan of a pull request in a comment, which the plan of the next commit replaces.
name: Prefect plan
on:
  pull_request:
    # Add the overlays that the plan reads, here and below.
    paths:
${patternItems(snapshot)}  # A commit that takes the last change of the snapshot out of a pull request starts no plan; its old plan must not stand.
  push:
    branches: ['**']
    paths:
${patternItems(snapshot)}permissions: {}
concurrency:
  group: prefect-plan-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: write
    steps:
      - uses: ${checkout}
        with: {persist-credentials: false}
      - uses: ${action}
        with:
          command: plan
          snapshot: ${quoted(snapshot)}
${server}  outdated:
    if: github.event_name == 'push' && !(${onDefaultBranch})
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
      pull-requests: write
    steps:
      - uses: ${action}
        with:
          command: outdated
          snapshot: ${quoted(snapshot)}
          paths: |
${pathLines(snapshot)}`
}

function applyWorkflow(snapshot: string, action: string): string {
  return `# After a merge, plans again and applies this plan once reviewers of the environment "production" have approved it.
# Nothing is applied if it is not the plan that the pull request showed, or if the server changes before the approval.
# Run by hand, the workflow applies a plan that no pull request has shown.
name: Prefect apply
on:
  push:
    branches: ['**']
    paths:
${patternItems(snapshot)}  workflow_dispatch:
permissions: {}
concurrency:
  group: prefect-apply-\${{ github.ref }}
  cancel-in-progress: false
jobs:
  plan:
    if: ${onDefaultBranch}
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: read
    steps:
      - uses: ${checkout}
        with: {persist-credentials: false}
      - uses: ${action}
        id: plan
        with:
          command: plan
          snapshot: ${quoted(snapshot)}
          reviewed: \${{ github.event_name == 'push' }}
${server}      - uses: ${upload}
        if: steps.plan.outputs.changes == 'true'
        with: {name: prefect-plan, path: prefect-plan.json}
    outputs:
      changes: \${{ steps.plan.outputs.changes }}
${applyJob(action)}`
}

/** The job behind the approval: it applies the plan of the job before it. */
function applyJob(action: string): string {
  return `  apply:
    needs: plan
    if: needs.plan.outputs.changes == 'true'
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: production
    permissions:
      contents: read
    steps:
      - uses: ${checkout}
        with: {persist-credentials: false}
      - uses: ${download}
        with: {name: prefect-plan}
      - uses: ${action}
        id: apply
        with:
          command: apply
          snapshot: prefect-plan.json
${server}      # To revert the apply: prefect-snapshot undo JOURNAL
      - uses: ${upload}
        if: always() && steps.apply.outputs.journal != ''
        with:
          name: prefect-journal
          path: \${{ steps.apply.outputs.journal }}
          if-no-files-found: ignore
`
}

function driftWorkflow(snapshot: string, action: string): string {
  return `# Fails if the server no longer matches the snapshot and a person has to act, and says which side has changed.
name: Prefect drift
on:
  schedule:
    - cron: 17 4 * * *
  workflow_dispatch:
permissions: {}
concurrency:
  group: prefect-drift
jobs:
  drift:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      actions: read
      contents: read
    steps:
      - uses: ${checkout}
        # The whole history: the snapshot as it was applied last is the base of the comparison.
        with: {persist-credentials: false, fetch-depth: 0}
      - uses: ${action}
        with:
          command: drift
          snapshot: ${quoted(snapshot)}
          apply-workflow: prefect-apply.yml
${server}`
}
