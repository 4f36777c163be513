import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { release, releaseOf } from '../../scripts/release.ts'

const changelog = (text: string, heading = '## 0.2.0, unreleased') =>
  `# Changelog\n\nRules.\n\n${heading}\n\n${text}\n\n## 0.1.0, 2026-01-01\n\n- The first one.\n`
const date = '2026-12-01'
const tags = ['v0.1.0', 'v0.0.9', 'built', '']

describe('a release', () => {
  it('has the version of the changelog, its section as notes, and the date in its heading', () => {
    const {
      version,
      notes,
      changelog: text,
    } = releaseOf({ changelog: changelog('- A new flag.'), tags, bump: undefined, date })
    expect([version, notes]).toEqual(['0.2.0', '- A new flag.'])
    expect(text).toBe(changelog('- A new flag.', '## 0.2.0, 2026-12-01'))
  })

  it.each([
    ['patch', '0.1.1'],
    ['minor', '0.2.0'],
    ['major', '1.0.0'],
    ['0.10.0', '0.10.0'],
  ])('follows semantic versioning: %s is %s', (bump, expected) =>
    expect(releaseOf({ changelog: changelog('- A fix.', '## unreleased'), tags, bump, date }).version).toBe(expected),
  )

  it.each([
    ['nothing to release', { changelog: changelog('', '## 0.1.5, 2026-02-01') }, 'no unreleased change'],
    ['an empty section', { changelog: changelog('### Features') }, 'no unreleased change'],
    ['a version that is released', { bump: '0.1.0' }, 'not higher than 0.1.0'],
    ['a lower version', { bump: '0.0.10' }, 'not higher than 0.1.0'],
    ['a word', { bump: 'big' }, 'patch, minor or major'],
    [
      'a patch that breaks something',
      { bump: 'patch', changelog: changelog('### Incompatible changes\n\n- Gone.') },
      '0.2.0 or higher',
    ],
    [
      'a minor one that does, from 1.0 on',
      { bump: 'minor', tags: ['v1.4.0'], changelog: changelog('### Incompatible changes\n\n- Gone.') },
      '2.0.0 or higher',
    ],
    ['a step from nothing', { bump: 'patch', tags: [] }, 'Name the first version'],
  ])('is refused for %s', (_, change, message) =>
    expect(() => releaseOf({ changelog: changelog('- A fix.'), tags, bump: undefined, date, ...change })).toThrow(
      message,
    ),
  )

  it('is only shown without --write, and is a commit with a tag with it', () => {
    const root = mkdtempSync(join(tmpdir(), 'prefect-snapshot-release-'))
    const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(name, join(root, name))
    writeFileSync(join(root, 'CHANGELOG.md'), changelog('- A new flag.'))
    for (const words of ['init -q', 'config user.name a', 'config user.email a@b', 'add .', 'commit -qm First'])
      git(...words.split(' '))
    expect(release(root, ['7.8.9'], date)).toMatch(/^- A new flag\.\n\nWould release 7\.8\.9\./)
    expect([git('status', '--porcelain'), git('tag')]).toEqual(['', ''])
    release(root, ['7.8.9', '--write'], date)
    expect([git('status', '--porcelain'), git('tag'), git('log', '-1', '--format=%s')]).toEqual([
      '',
      'v7.8.9',
      'Release version 7.8.9',
    ])
    const [manifest, lock] = ['package.json', 'package-lock.json'].map((name) =>
      JSON.parse(readFileSync(join(root, name), 'utf8')),
    )
    expect([manifest.version, lock.version, lock.packages[''].version]).toEqual(['7.8.9', '7.8.9', '7.8.9'])
    // Nothing else of the lock file has changed.
    expect(git('show', '--stat', '--format=', 'HEAD')).toMatch(/package-lock\.json +\| 4 \+\+--/)
    writeFileSync(join(root, 'CHANGELOG.md'), 'edited')
    expect(() => release(root, ['8.0.0', '--write'], date)).toThrow('not committed')
  })

  it('of this repository is possible', () => {
    const { version } = releaseOf({ changelog: readFileSync('CHANGELOG.md', 'utf8'), tags: [], bump: undefined, date })
    expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version)
  })
})
