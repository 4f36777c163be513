/*
 * Commits the built tool to a branch of its own (`npm run built`, after `npm run build`), which the GitHub Action, npm, pre-commit and
 * GitLab components take from git without building anything: no package of the development is installed. The working tree and the
 * current branch stay as they are. Prints the commit. See docs/decisions/0074-built-branch.md.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** What the branch contains, besides package.json and a README.md. */
const contents = ['action.yml', '.pre-commit-hooks.yaml', 'templates', 'bin', 'dist', 'schemas', 'LICENSE']

/** The only package that is not bundled: WebAssembly that draws graphs. Without it, everything else works. */
const unbundled = '@hpcc-js/wasm-graphviz'

const readme = `# prefect-snapshot, built

The commits of this branch hold the built tool, for the GitHub Action, npm, pre-commit and GitLab. The sources are on the default branch.
`

/** Writes the contents of the branch to an empty directory. */
export function writeBuilt(folder: string): void {
  if (!existsSync(join(root, 'dist/ci.js'))) throw new Error('dist/ is missing. Run npm run build first.')
  // The code cache is for the version of Node that has built it.
  const skipped = /[\\/]dist[\\/]types|\.map$|\.cache$/
  for (const name of contents)
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !skipped.test(path) })
  const { name, version, description, license, type, engines, bin, dependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const only = { [unbundled]: dependencies[unbundled] }
  const content = { name, version, description, license, type, engines, bin, optionalDependencies: only }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, null, 2)}\n`)
  writeFileSync(join(folder, 'README.md'), readme)
}

/** Commits the contents to a branch of a repository. Returns the commit. */
export function commitBuilt(branch: string, repository = root): string {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-built-'))
  try {
    writeBuilt(folder)
    const index = join(folder, '.index')
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, {
        cwd: repository,
        encoding: 'utf8',
        env: { ...process.env, GIT_INDEX_FILE: index },
      }).trim()
    const source = git('rev-parse', 'HEAD')
    git('--work-tree', folder, 'add', '--all', '--force', '--', ':!.index', ':!.index.lock')
    const tree = git('write-tree')
    const old = git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)
    const parents = old === '' ? [] : ['-p', old]
    const commit = git('commit-tree', tree, ...parents, '-m', `Build of ${source}`)
    git('update-ref', `refs/heads/${branch}`, commit, ...(old === '' ? [] : [old]))
    return commit
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(commitBuilt(process.argv[2] ?? 'built'))
