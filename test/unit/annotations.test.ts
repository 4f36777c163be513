import { expect, it } from 'vitest'
import { annotationsText } from '../../src/report/annotations.ts'

it('issues become workflow commands at their lines, and their text cannot start another command', () => {
  const text = annotationsText(
    [
      {
        code: 'dangling-ref',
        severity: 'error',
        message: '100% wrong\n::warning::forged',
        fix: 'Add it',
        place: { file: 'a,b:c.yaml', line: 3, column: 7 },
      },
      { code: 'missing-name', severity: 'warning', message: 'nobody has it' },
    ],
    (file) => `dir/${file}`,
  )
  expect(text).toBe(
    '::error file=dir/a%2Cb%3Ac.yaml,line=3,col=7,title=dangling-ref::100%25 wrong%0A::warning::forged%0AAdd it\n' +
      '::warning title=missing-name::nobody has it\n',
  )
})
