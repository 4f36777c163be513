import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bin, newHome, runCli } from '../support/cli.ts'
import { openShell, type ShellTerminal } from '../support/shell-terminal.ts'

/** Interactive shells with the completion installed as docs/completion.md says; the tests press Tab and look at the screen. */
const home = newHome()
const path = `${join(home, 'tools')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`
const env = { PATH: path, HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', PS1: 'ready> ', ZDOTDIR: home }

const commands = {
  bash: ['bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i'],
  zsh: ['zsh', '-i'],
  fish: ['fish', '-i'],
} as const
type Shell = keyof typeof commands

const isThere = (shell: Shell): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

beforeAll(async () => {
  mkdirSync(join(home, 'tools'))
  symlinkSync(bin, join(home, 'tools/prefect-snapshot'))
  copyFileSync('snapshots/data-team.snapshot.yaml', join(home, 'team.snapshot.yaml'))
  mkdirSync(join(home, 'platform'))
  mkdirSync(join(home, '.prefect'))
  const url = 'PREFECT_API_URL = "http://127.0.0.1:9/api"\nPREFECT_API_KEY = "pnu_of_tests"'
  writeFileSync(join(home, '.prefect/profiles.toml'), `[profiles.staging]\n${url}\n[profiles.prod-eu]\n${url}\n`)
  writeFileSync(join(home, 'waves.yaml'), 'from: staging\nto: prod-eu\nwaves:\n  - {name: ingest, tag: a}\n')
  const script = async (shell: Shell, ...to: readonly string[]) => {
    mkdirSync(dirname(join(home, ...to)), { recursive: true })
    writeFileSync(join(home, ...to), (await runCli(['completion', shell])).stdout)
  }
  await Promise.all([
    script('bash', 'completion.bash'),
    script('zsh', '.zsh/completions/_prefect-snapshot'),
    script('fish', '.config/fish/completions/prefect-snapshot.fish'),
  ])
  writeFileSync(join(home, 'bashrc'), "PS1='ready> '\nbind 'set bell-style none'\nsource ~/completion.bash\n")
  writeFileSync(
    join(home, '.zshrc'),
    "PROMPT='ready> '\nsetopt no_beep\nfpath=(~/.zsh/completions $fpath)\nautoload -Uz compinit && compinit -u\n",
  )
  writeFileSync(
    join(home, '.config/fish/config.fish'),
    "function fish_prompt\n  printf 'ready> '\nend\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n",
  )
})

for (const shell of Object.keys(commands) as Shell[])
  describe.skipIf(!isThere(shell))(`in ${shell}${isThere(shell) ? '' : ', which is not installed'}`, () => {
    let terminal: ShellTerminal
    beforeAll(async () => {
      terminal = await openShell(commands[shell], { cwd: home, env })
    })
    afterAll(async () => terminal?.close())

    /** Types a line and Tab; returns the screen once it matches. */
    const tab = async (line: string, expected: RegExp, times = 1) => {
      await terminal.clear()
      terminal.type(`prefect-snapshot ${line}`)
      await terminal.until(/prefect-snapshot/)
      terminal.type('\t'.repeat(times))
      return terminal.until(expected)
    }
    /** The line that is left, where there is one candidate. */
    const ends = (line: string) =>
      new RegExp(`ready> prefect-snapshot ${line.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')}\\s*$`)

    test.each([
      ['valid', 'validate'],
      ['migrate cut', 'migrate cutover'],
      ['plan --exit', 'plan --exit-code'],
      ['plan -f mark', 'plan -f markdown'],
      ['plan --format=mark', 'plan --format=markdown'],
      ['plan --profile prod', 'plan --profile prod-eu'],
      ['migrate cutover in', 'migrate cutover ingest'],
      ['plan team', 'plan team.snapshot.yaml'],
      ['plan team.snapshot.yaml --kind dep', 'plan team.snapshot.yaml --kind deployment'],
      [
        'plan team.snapshot.yaml --include deployment/r',
        'plan team.snapshot.yaml --include deployment/report-revenue/prod',
      ],
      [
        "plan team.snapshot.yaml --include 'deployment/r",
        "plan team.snapshot.yaml --include 'deployment/report-revenue/prod'",
      ],
      // A name with spaces, which each shell quotes in its way.
      [
        'graph team.snapshot.yaml --focus automation/Rev',
        'graph team.snapshot.yaml --focus automation/Revenue\\ report\\ after\\ dbt',
      ],
      ['diff team.snapshot.yaml profile:st', 'diff team.snapshot.yaml profile:staging'],
      ['init plat', 'init platform/'],
    ])('%s', async (line, whole) => {
      await tab(line, ends(whole))
    })

    test('lists the commands, and the kinds of the snapshot on the line', async () => {
      const all = await tab('', /schema/, 2)
      for (const name of ['export', 'migrate', 'completion']) expect(all).toContain(name)
      const kinds = await tab('plan team.snapshot.yaml --kind ', /work-queue/, 2)
      expect(kinds).toContain('deployment')
      expect(kinds).not.toContain('saved-search')
    })
  })
