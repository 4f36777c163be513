import { readFileSync } from 'node:fs'

/** A block of a page that holds command lines for a shell. */
export interface CommandBlock {
  /** The line of the page at which it begins. */
  readonly line: number
  /** The command lines without prompts and outputs. */
  readonly text: string
  /** Why no test types it, as the comment above it says: `<!-- not typed: … -->`. */
  readonly reason: string | undefined
}

/** What a command line of a block in another language than `sh` and `console` begins with. */
const program = /^(?:\$ |(?:prefect|prefect-snapshot|npm|npx|git|cd|mkdir|source|terraform|docker) )/

/** The blocks of commands in a page, in whatever language it says that they are. */
export function commandBlocks(page: string): CommandBlock[] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(/(?:^<!-- not typed: (.*?) -->\n)?^```(\w*)\n(.*?)^```$/gms)].flatMap((found) => {
    const [, reason, language = '', block = ''] = found
    if (language === 'console') return [{ line: lineOf(text, found.index), text: typedLines(block), reason }]
    if (language !== 'sh' && !program.test(block)) return []
    return [{ line: lineOf(text, found.index), text: block, reason }]
  })
}

const typedLines = (console: string) =>
  [...console.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => `${line}\n`).join('')

const lineOf = (text: string, at: number) => text.slice(0, at).split('\n').length

/** By page, the test that types its blocks; blocks with a reason above them are left out. */
export const typedBy: Readonly<Record<string, string>> = {
  ...pages('test/demo.test.ts', 'docs/tutorial.md'),
  ...pages('test/cli/completion.test.ts', 'docs/completion.md'),
  ...pages(
    'test/cloud/how-to.test.ts',
    ...howTos('self-hosted-to-cloud', 'cloud-to-self-hosted', 'between-workspaces'),
  ),
  ...pages('test/flow/from-prefect-1.test.ts', ...howTos('from-prefect-1')),
  ...pages('test/flow/migrate-story.test.ts', ...howTos('prefect-2-in-waves')),
  ...pages('test/flow/fleet-recipes.test.ts', 'docs/recipes/many-machines.md'),
  ...pages(
    'test/flow/recipes.test.ts',
    ...['air-gap', 'drift', 'from-prefect-2', 'gitops', 'many-servers', 'other-tools', 'promote', 'restore'].map(
      recipe,
    ),
    ...['rules', 'waves'].map(recipe),
  ),
  ...pages(
    'test/flow/typed-pages.test.ts',
    ...['README.md', 'docs/import.md', 'docs/install.md'],
    ...howTos('behind-a-proxy', 'from-prefect-transfer', 'from-terraform', 'restart-and-undo', 'secrets'),
    ...['environments', 'external-resources', 'files', 'review-in-git', 'secrets', 'selection'].map(
      (name) => `docs/guide/${name}.md`,
    ),
  ),
}

function pages(test: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, test]))
}

function howTos(...names: readonly string[]): string[] {
  return names.map((name) => `docs/how-to/${name}.md`)
}

function recipe(name: string): string {
  return `docs/recipes/${name}.md`
}
