import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it, test } from 'vitest'

/*
 * What strangers ask, and the way from README.md to the answer, link by link: a page that moves, a heading that is renamed or a link
 * that goes fails here. Two clicks are the most.
 */
interface Question {
  readonly ask: string
  /** The pages on the way; each has a link on the page before it. */
  readonly path: readonly string[]
  /** The heading under which the answer stands. */
  readonly under: string
  /** Words of the answer. */
  readonly answer: string
}

const questions: readonly Question[] = [
  {
    ask: 'How do I install it?',
    path: ['docs/install.md'],
    under: 'From a clone',
    answer: 'npm ci && npm link',
  },
  {
    ask: 'How do I back up a server?',
    path: ['docs/recipes/restore.md'],
    under: 'Backup and restore',
    answer: 'prefect-snapshot backup',
  },
  {
    ask: 'How do I know that a backup can be restored?',
    path: ['docs/recipes/restore.md'],
    under: 'What a backup and a restore do',
    answer: 'A drill',
  },
  {
    ask: 'How do I move from OSS to Cloud?',
    path: ['docs/how-to/self-hosted-to-cloud.md'],
    under: 'Switch over',
    answer: 'prefect-snapshot activate',
  },
  {
    ask: 'How do I move from Cloud to OSS?',
    path: ['docs/how-to/cloud-to-self-hosted.md'],
    under: 'What a server cannot have',
    answer: '--skip-unsupported',
  },
  {
    ask: 'How do I move from Prefect 2, team by team?',
    path: ['docs/how-to/prefect-2-in-waves.md'],
    under: 'Switch a wave',
    answer: 'migrate cutover',
  },
  {
    ask: 'How do I move from Prefect 1?',
    path: ['docs/how-to/from-prefect-1.md'],
    under: 'Make a snapshot and the checklist',
    answer: '--checklist',
  },
  {
    ask: 'I have used prefect transfer. What now?',
    path: ['docs/how-to/from-prefect-transfer.md'],
    under: 'See what is missing',
    answer: 'prefect-snapshot diff',
  },
  {
    ask: 'What becomes of our Terraform files?',
    path: ['docs/how-to/from-terraform.md'],
    under: 'Release the resources from the state of Terraform',
    answer: 'terraform state rm',
  },
  {
    ask: 'What does exit code 6 mean?',
    path: ['docs/reference/exit-codes.md'],
    under: 'Exit code 6',
    answer: 'Stale plan',
  },
  {
    ask: 'It says missing-secret. What do I do?',
    path: ['docs/reference/issue-codes.md'],
    under: 'missing-secret',
    answer: '**Fix**: Set the variable',
  },
  {
    ask: 'What does it do with my secrets?',
    path: ['docs/security.md'],
    under: 'What is written, with which mode',
    answer: 'none: placeholders, or ciphertext',
  },
  {
    ask: 'To whom does it send something?',
    path: ['docs/security.md'],
    under: 'What is sent to whom',
    answer: 'To nobody else',
  },
  {
    ask: 'How do I take secrets from Vault?',
    path: ['docs/how-to/secrets.md'],
    under: 'From Vault',
    answer: 'vault, kv, get',
  },
  {
    ask: 'How do I get through our proxy?',
    path: ['docs/how-to/behind-a-proxy.md'],
    under: 'A proxy on the way to the server',
    answer: 'HTTPS_PROXY',
  },
  {
    ask: 'How are changes reviewed in pull requests?',
    path: ['docs/recipes/gitops.md'],
    under: 'GitOps',
    answer: 'prefect-snapshot init',
  },
  {
    ask: 'How do I notice changes by hand?',
    path: ['docs/recipes/drift.md'],
    under: 'Nightly drift check',
    answer: '--check',
  },
  {
    ask: 'How do I give production other values than staging?',
    path: ['docs/guide/environments.md'],
    under: 'Environments and overlays',
    answer: '--overlay',
  },
  {
    ask: 'How do I take a change back?',
    path: ['docs/how-to/restart-and-undo.md'],
    under: 'Take an apply back',
    answer: 'prefect-snapshot undo',
  },
  {
    ask: 'An apply was interrupted. What now?',
    path: ['docs/how-to/restart-and-undo.md'],
    under: 'Continue after an interruption',
    answer: 'Run the same command again',
  },
  {
    ask: 'Can it delete something that I did not mean?',
    path: ['docs/explanation/plan-and-apply.md'],
    under: 'Deleting',
    answer: 'nothing is deleted',
  },
  {
    ask: 'Are flow runs moved, and which versions work?',
    path: ['docs/explanation/limits.md'],
    under: 'What is moved, and what is not',
    answer: 'Not moved, because it is not configuration: runs',
  },
  {
    ask: 'Which environment variables does it read?',
    path: ['docs/reference/README.md', 'docs/reference/environment.md'],
    under: 'The server and its credentials',
    answer: 'PREFECT_API_AUTH_STRING',
  },
  {
    ask: 'Will a snapshot of today be read in years?',
    path: ['docs/versions.md'],
    under: 'The format of snapshots',
    answer: 'reads every older format',
  },
]

/** The files that a page links to. */
const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) =>
    normalize(join(dirname(page), link)),
  )

/** What stands under a heading, up to the next one of its level or above. */
function section(page: string, heading: string): string {
  const lines = readFileSync(page, 'utf8').split('\n')
  const at = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '').replaceAll('`', '') === heading)
  if (at < 0) return ''
  const level = lines[at]?.indexOf(' ') ?? 0
  let isCode = false
  const end = lines.findIndex((line, index) => {
    if (index <= at) return false
    if (line.startsWith('```')) isCode = !isCode
    return !isCode && /^#+ /.test(line) && line.indexOf(' ') <= level
  })
  return lines.slice(at + 1, end < 0 ? undefined : end).join('\n')
}

test('there are at least twenty questions, each once', () => {
  expect(new Set(questions.map(({ ask }) => ask)).size).toBe(questions.length)
  expect(questions.length).toBeGreaterThanOrEqual(20)
})

describe.each(questions)('$ask', ({ path, under, answer }) => {
  it('is answered at most two clicks from README.md', () => {
    expect(path.length).toBeLessThanOrEqual(2)
    for (const [index, page] of path.entries()) expect(linksOf(path[index - 1] ?? 'README.md')).toContain(page)
    expect(section(path.at(-1) ?? '', under)).toContain(answer)
  })
})
