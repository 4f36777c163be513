import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rulesPage } from '../../scripts/rules-page.ts'
import { kinds } from '../../src/kinds/all.ts'

test('docs/rules.md has every rule; npm run schema writes it', () => {
  expect(readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')).toBe(rulesPage(kinds))
})
