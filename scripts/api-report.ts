/*
 * Writes docs/library-api.txt: every export of src/index.ts with its signature, and docs/reference/library.md. Tests hold both
 * files to the code, so that a change of the public API is seen in review.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../', import.meta.url))

/** One export of the library. */
export interface ApiExport {
  readonly name: string
  /** Its docstring, which may have links of TSDoc. */
  readonly doc: string
  /** Its declaration or its type. */
  readonly text: string
  readonly isFunction: boolean
  readonly isType: boolean
}

let found: readonly ApiExport[] | undefined

/** Every export of src/index.ts, in the order of their names. Compiled once. */
export function apiExports(): readonly ApiExport[] {
  found ??= readExports()
  return found
}

/** The public API as text: one paragraph for each export, in the order of their names. */
export function apiReport(): string {
  return `${apiExports()
    .map(({ text }) => text)
    .join('\n\n')}\n`
}

function readExports(): readonly ApiExport[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram([`${root}src/index.ts`], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(`${root}src/index.ts`)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error('src/index.ts exports nothing')
  const exports = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1))
  return exports.map((exported) => exportOf(exported, checker))
}

function exportOf(exported: ts.Symbol, checker: ts.TypeChecker): ApiExport {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const [declaration] = symbol.declarations ?? []
  const { name } = exported
  const doc = ts.displayPartsToString(symbol.getDocumentationComment(checker))
  if (!declaration) return { name, doc, text: name, isFunction: false, isType: false }
  const isFunction = ts.isFunctionDeclaration(declaration)
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
    const printer = ts.createPrinter({ removeComments: true })
    const text = printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile())
    return { name, doc, text, isFunction, isType: true }
  }
  const type = checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, ts.TypeFormatFlags.NoTruncation)
  return { name, doc, text: `${name}: ${type}`, isFunction, isType: false }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // That page imports this file, which would wait for itself with a top-level await.
  void import('./reference/library-page.ts').then(({ libraryPage }) => {
    writeFileSync(`${root}docs/library-api.txt`, apiReport())
    writeFileSync(`${root}docs/reference/library.md`, libraryPage())
  })
}
