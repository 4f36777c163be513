/*
 * Releases what CHANGELOG.md has as unreleased: `npm run release -- patch|minor|major|X.Y.Z`. Shows what it would do; with `--write`, changes the
 * version in package.json, package-lock.json and CHANGELOG.md, commits, and tags the commit. Nothing is pushed: the tag, when you push it,
 * starts the release workflow. See docs/versions.md.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a release is made of. */
export interface ReleaseInput {
  readonly changelog: string
  /** Versions that are released, such as `v0.1.0`; other tags are ignored. */
  readonly tags: readonly string[]
  /** `patch`, `minor`, `major`, a version, or nothing for the version that the changelog names. */
  readonly bump: string | undefined
  /** The day, as YYYY-MM-DD. */
  readonly date: string
}

/** What a release changes. */
export interface Release {
  readonly version: string
  readonly changelog: string
  /** The section of the changelog, for the page of the release. */
  readonly notes: string
}

/** The heading in the changelog under which changes stand that an older command line, file or program does not survive. */
const breaking = /^### Incompatible changes$/m

/** The release of the unreleased section. Throws a sentence if there is none, if it is empty, or if semantic versioning asks for another version. */
export function releaseOf({ changelog, tags, bump, date }: ReleaseInput): Release {
  const match = /^## (?:(\d+\.\d+\.\d+), )?unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(changelog)
  const [section, named, text = ''] = match ?? []
  if (section === undefined || !/^- \S/m.test(text))
    throw new Error(
      'CHANGELOG.md has no unreleased change. Add a section "## X.Y.Z, unreleased" with a line for each change.',
    )
  const last = newestOf(tags)
  const version = versionOf(bump ?? named, last)
  if (last && !isHigher(version, last))
    throw new Error(`Version ${version} is not higher than ${last}, which is released.`)
  const need = last && breaking.test(text) ? (last.startsWith('0.') ? 'minor' : 'major') : undefined
  if (last && need && isHigher(bumped(last, need), version))
    throw new Error(
      `The changes are incompatible, so that the version after ${last} is ${bumped(last, need)} or higher.`,
    )
  const heading = `## ${version}, ${date}\n`
  return { version, notes: text.trim(), changelog: changelog.replace(section, () => `${heading}${text}`) }
}

function versionOf(bump: string | undefined, last: string | undefined): string {
  if (bump && /^\d+\.\d+\.\d+$/.test(bump)) return bump
  if (bump !== 'patch' && bump !== 'minor' && bump !== 'major')
    throw new Error(`Name the version, or patch, minor or major, instead of ${bump ?? 'nothing'}.`)
  if (!last) throw new Error('Nothing is released yet. Name the first version.')
  return bumped(last, bump)
}

const parts = (version: string) => version.split('.').map(Number)

/** The next version of a kind. */
function bumped(version: string, kind: 'patch' | 'minor' | 'major'): string {
  const [major = 0, minor = 0, patch = 0] = parts(version)
  return { patch: `${major}.${minor}.${patch + 1}`, minor: `${major}.${minor + 1}.0`, major: `${major + 1}.0.0` }[kind]
}

function isHigher(version: string, than: string): boolean {
  const [other, own] = [parts(than), parts(version)]
  const at = own.findIndex((part, index) => part !== other[index])
  return at >= 0 && (own[at] ?? 0) > (other[at] ?? 0)
}

function newestOf(tags: readonly string[]): string | undefined {
  const versions = tags.flatMap((tag) => /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? [])
  return versions.reduce<string | undefined>((best, each) => (!best || isHigher(each, best) ? each : best), undefined)
}

/** Releases from a repository. Returns what it would print; changes files, commits and tags only with `--write`. Throws a sentence. */
export function release(root: string, args: readonly string[], date = new Date().toISOString().slice(0, 10)): string {
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
  const [bump, write] = [args.find((arg) => !arg.startsWith('-')), args.includes('--write')]
  if (write && git('status', '--porcelain', '--untracked-files=no') !== '')
    throw new Error('There are changes that are not committed.')
  const path = (name: string) => `${root}/${name}`
  const { version, changelog, notes } = releaseOf({
    changelog: readFileSync(path('CHANGELOG.md'), 'utf8'),
    tags: git('tag', '--list', 'v*').split('\n'),
    bump,
    date,
  })
  if (write) {
    writeFileSync(path('CHANGELOG.md'), changelog)
    for (const name of ['package.json', 'package-lock.json'])
      writeFileSync(path(name), withVersion(readFileSync(path(name), 'utf8'), version))
    git(
      'commit',
      '--quiet',
      '--message',
      `Release version ${version}`,
      'CHANGELOG.md',
      'package.json',
      'package-lock.json',
    )
    git('tag', '--annotate', '--message', `prefect-snapshot ${version}`, `v${version}`)
  }
  const done = write
    ? `Committed and tagged v${version}. To publish: git push --follow-tags`
    : `Would release ${version}. Nothing was changed; add --write.`
  return `${notes}\n\n${done}`
}

/** package.json or package-lock.json with another version of this package; the text is otherwise unchanged. */
export function withVersion(text: string, version: string): string {
  const { packages } = JSON.parse(text) as { readonly packages?: unknown }
  let left = packages ? 2 : 1
  return text.replace(/^(\s*"version": ")[^"]*/gm, (line, start: string) => (left-- > 0 ? `${start}${version}` : line))
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  try {
    console.log(release(fileURLToPath(new URL('..', import.meta.url)), process.argv.slice(2)))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
