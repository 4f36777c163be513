import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ts.createSourceFile(name, readFileSync(join(src, name), 'utf8'), ts.ScriptTarget.Latest, true))

/** The values of properties, variables and parameters with these names are read by people, as sentences. */
const sentenceNames = new Set(['message', 'fix'])

test('messages and advice are sentences: a capital letter, or a name or value, at the beginning, and a period at the end', () => {
  const texts = files.flatMap(sentencesOf)
  expect(texts.length).toBeGreaterThan(250)
  expect(texts.filter(({ text }) => !isSentence(text)).map(({ place, text }) => `${place} ${text}`)).toEqual([])
})

function isSentence(text: string): boolean {
  return (
    text === '' || (/^([^a-z]|refs\.|\w+ must be |[a-z-]+\/\$\{)/.test(text) && /([.?!…]|\$\{[^{}]*\})$/.test(text))
  )
}

function sentencesOf(file: ts.SourceFile): { place: string; text: string }[] {
  const found: { place: string; text: string }[] = []
  const add = (expression: ts.Expression | undefined): void => {
    if (!expression) return
    if (ts.isConditionalExpression(expression)) {
      add(expression.whenTrue)
      add(expression.whenFalse)
    } else if (ts.isParenthesizedExpression(expression)) add(expression.expression)
    else if (ts.isStringLiteralLike(expression) || ts.isTemplateExpression(expression)) {
      const { line } = file.getLineAndCharacterOfPosition(expression.getStart())
      found.push({ place: `${file.fileName}:${line + 1}`, text: expression.getText(file).slice(1, -1) })
    }
  }
  const parameters = sentenceParameters(file)
  const visit = (node: ts.Node): void => {
    if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && sentenceNames.has(node.name.getText(file)))
      add(node.initializer)
    if (ts.isCallExpression(node))
      for (const index of parameters.get(node.expression.getText(file)) ?? []) add(node.arguments[index])
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The positions of parameters that are sentences, of each function that a file declares. */
function sentenceParameters(file: ts.SourceFile): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const name = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined)
      const indexes = node.parameters.flatMap(({ name }, index) =>
        sentenceNames.has(name.getText(file)) ? [index] : [],
      )
      if (name && indexes.length > 0) found.set(name.getText(file), indexes)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const [name, indexes] of [...found]) found.set(`at.${name}`, indexes)
  return found
}
