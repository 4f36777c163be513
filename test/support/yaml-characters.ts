/** Characters that readers of YAML treat in different ways. */
export const specialCharacters: readonly string[] = [
  ...'\x01\x07\t\r\x1b\x7f\x80\x84\x85\x86\x9f\xa0\xad\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufdd0\ufeff\ufffe\uffff',
  '😀',
]

/** A text for each place of a document where a character may be. */
export function textForms(character: string): Readonly<Record<string, string>> {
  return {
    plain: `k: a${character}b\n`,
    'double quotes': `k: "a${character}b"\n`,
    'single quotes': `k: 'a${character}b'\n`,
    literal: `k: |\n  a${character}b\n`,
    comment: `# a${character}b\nk: v\n`,
    key: `a${character}b: v\n`,
    start: `k: ${character}b\n`,
  }
}
