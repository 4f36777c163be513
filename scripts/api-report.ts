/*
 * Writes docs/library-api.txt: every export of src/index.ts with its signature. A test holds the file to the code, so that a
 * change of the public API is seen in review.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../', import.meta.url))

/** The public API as text: one paragraph for each export, in the order of their names. */
export function apiReport(): string {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram([`${root}src/index.ts`], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(`${root}src/index.ts`)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error('src/index.ts exports nothing')
  const printer = ts.createPrinter({ removeComments: true })
  const textOf = (exported: ts.Symbol): string => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const [declaration] = symbol.declarations ?? []
    if (!declaration) return exported.name
    if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
      return printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile())
    const type = checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, ts.TypeFormatFlags.NoTruncation)
    return `${exported.name}: ${type}`
  }
  const exports = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1))
  return `${exports.map(textOf).join('\n\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(`${root}docs/library-api.txt`, apiReport())
