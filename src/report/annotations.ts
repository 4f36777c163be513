import type { Issue } from '../issue.ts'

/**
 * Issues as workflow commands, which GitHub Actions shows beside the line in a pull request. `fileOf` gives the path
 * from the root of the repository.
 */
export function annotationsText(issues: readonly Issue[], fileOf: (file: string) => string): string {
  return issues
    .map(({ code, severity, message, fix, place }) => {
      const at = place ? [`file=${property(fileOf(place.file))}`, `line=${place.line}`, `col=${place.column}`] : []
      const properties = [...at, `title=${property(code)}`].join(',')
      return `::${severity} ${properties}::${data(fix === undefined ? message : `${message}. ${fix}`)}\n`
    })
    .join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
