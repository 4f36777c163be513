import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import type { Issue } from '../src/issue.ts'
import { visible } from '../src/plain-text.ts'
import { annotationsText } from '../src/report/annotations.ts'
import type { Log } from './forge.ts'
import { type Env, secretsOf } from './inputs.ts'

type Write = (text: string) => void

/**
 * The log of a job on GitHub, where a line that begins with `::` is a command (docs.github.com: "Workflow commands"). What
 * other programs print is no command. Everything goes to one stream, so that its order is kept.
 */
export function gitHubLog(env: Env, write: Write): Log {
  const word = randomUUID()
  const command = (text: string) => write(`::${word}::\n${text}::stop-commands::${word}\n`)
  for (const secret of secretsOf(env)) for (const line of secret.split(/\r?\n/).filter(Boolean)) write(mask(line))
  write(`::stop-commands::${word}\n`)
  return {
    say: (text) => write(`${text}\n`),
    pass: write,
    notice: (severity, text) => command(`::${severity}::${visible(text).replaceAll('%', '%25')}\n`),
    annotate: (issues) => {
      if (issues.length > 0) command(annotationsText(issues))
    },
    summary: (markdown) => append(env.GITHUB_STEP_SUMMARY, markdown, write),
    output: (name, value) => append(env.GITHUB_OUTPUT, `${name}=${visible(value)}\n`, () => {}),
    end: () => write(`::${word}::\n`),
  }
}

function mask(line: string): string {
  return `::add-mask::${line.replaceAll('%', '%25')}\n`
}

function append(file: string | undefined, text: string, otherwise: Write): void {
  if (file === undefined || file === '') otherwise(text)
  else appendFileSync(file, text)
}

/**
 * The log of a job on GitLab. Issues become a report of code quality, which GitLab shows in the merge request, and outputs
 * a file of variables; the job keeps both as artifacts.
 */
export function gitLabLog(write: Write): Log {
  const found: object[] = []
  const outputs: string[] = []
  return {
    say: (text) => write(`${text}\n`),
    pass: write,
    notice: (severity, text) => write(`${severity.toUpperCase()}: ${text}\n`),
    annotate: (issues) => {
      found.push(...issues.flatMap(qualityOf))
      writeFileSync('gl-code-quality-report.json', `${JSON.stringify(found)}\n`)
    },
    summary: (markdown) => write(`${markdown}\n`),
    output: (name, value) => {
      outputs.push(`PREFECT_SNAPSHOT_${name.toUpperCase().replaceAll('-', '_')}=${visible(value)}\n`)
      writeFileSync('prefect-snapshot.env', outputs.join(''))
    },
    end: () => {},
  }
}

/** An issue in the format of docs.gitlab.com: "Code Quality report format". */
function qualityOf({ code, message, fix, severity, place }: Issue): object[] {
  if (!place) return []
  const description = fix ? `${message} ${fix}` : message
  return [
    {
      description,
      check_name: code,
      fingerprint: createHash('sha256').update(`${code}\0${place.file}\0${message}`).digest('hex'),
      severity: severity === 'error' ? 'major' : 'minor',
      location: { path: place.file, lines: { begin: place.line } },
    },
  ]
}
