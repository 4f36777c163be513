import type { Issue } from '../issue.ts'
import { visible } from '../plain-text.ts'
import { withoutRepeatedIssues } from './wording/repeated-issues.ts'

/**
 * Formats issues as workflow commands of GitHub Actions, which shows them at the lines of a pull request
 * (docs.github.com: "Workflow commands"; `%`, line ends, and in properties `:` and `,` are escaped). `fromRoot` returns
 * the path of a file relative to the root of the repository.
 */
export function annotationsText(issues: readonly Issue[], fromRoot: (file: string) => string = (file) => file): string {
  return withoutRepeatedIssues(issues)
    .map(({ severity, code, message, fix, place }) => {
      const at = place ? `file=${property(fromRoot(place.file))},line=${place.line},col=${place.column},` : ''
      return `::${severity} ${at}title=${property(code)}::${data(fix ? `${message}\n${fix}` : message)}\n`
    })
    .join('')
}

function data(text: string): string {
  const lines = text.split('\n').map((line) => visible(line).replaceAll('%', '%25'))
  return lines.join('%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
