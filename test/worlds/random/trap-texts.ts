// cspell:disable: words that mean something else to a parser
import type { Chance } from './chance.ts'

/** Words that a reader of YAML, JSON, paths, globs, shells or templates may take for something else. */
const words: readonly string[] = [
  ...[
    'null',
    'Null',
    'NULL',
    '~',
    'true',
    'True',
    'yes',
    'Yes',
    'no',
    'NO',
    'on',
    'On',
    'off',
    'y',
    'n',
    'nan',
    'undefined',
  ],
  ...[
    '1e3',
    '1E400',
    '-0',
    '+1',
    '0x1F',
    '0o17',
    '017',
    '0b1',
    '1_000',
    '.5',
    '5.',
    '5.0',
    '.inf',
    '-.INF',
    '.NaN',
    '12:30',
    '190:20:30',
    '1.2.3',
  ],
  ...[
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '=',
    '<<',
    '?',
    '-',
    '--',
    '---',
    '...',
    '-a',
    '--yes',
    '- a',
    'a: b',
    'a:',
    ':a',
    '::',
    'a #b',
    '#a',
    '# a',
  ],
  ...[
    '*',
    '**',
    '*a',
    '&a',
    '!',
    '!!str',
    '!a',
    '|',
    '|-',
    '>-',
    '@a',
    '`a`',
    '{',
    '}',
    '{a',
    '[a',
    ']',
    '[]',
    '{}',
    '{a: b}',
    ',',
    ',a',
  ],
  ...[
    '"',
    "'",
    "''",
    '""',
    'a"b',
    "a'b",
    `"'`,
    '\\',
    '\\n',
    'a\\',
    '\\x41',
    '\\u0041',
    '%',
    '%41',
    '%2F',
    '%25',
    '%TAG',
    'a%',
    '%YAML 1.2',
  ],
  ...[
    '..',
    '.',
    '../..',
    '../../etc/passwd',
    'a/b',
    '/',
    '//',
    '/a',
    'a/',
    'a\\b',
    'C:\\a',
    'con',
    'CON',
    'nul',
    'aux.yaml',
    '.git',
    '.hidden',
    'a.yaml',
    'a.',
  ],
  ...[
    '$HOME',
    '$(id)',
    ['$', '{HOME}'].join(''),
    '`id`',
    'a;b',
    'a|b',
    'a&&b',
    '&amp;',
    '&lt;b&gt;',
    '<b>',
    '</script>',
    '<!--',
    '~root',
    '~1',
    '~0',
    'a~1b',
    '$ref',
    '$schema',
    '#/a',
  ],
  ...[
    '{{ a }}',
    '{{',
    '}}',
    '{% raw %}',
    '{# a #}',
    '{{ prefect.variables.a }}',
    '{{ prefect.blocks.secret.a }}',
    '<ref:flow/a>',
    '<<ref:',
    '<ref:',
    '<secret>',
    '(not read) a',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    '__prefect_kind',
    'length',
    '0',
    '1',
    '01',
    '-1',
    'kind',
    'key',
    'spec',
    'refs',
    'secrets',
  ],
  ...[
    'name#1a2b3c4d',
    'a#1',
    'a@b',
    'a@1.0',
    'a=b',
    'a,b',
    'a;b',
    'a?b',
    'a+b',
    'a b',
    'a  b',
    'git:HEAD:a',
    'profile:a',
    'tag:a',
    'deployment:a',
    'Prefect',
    'default',
    'server',
  ],
]

/** Texts with characters that are rare, invisible, or have several forms. */
const unusual: readonly string[] = [
  ...[
    'é',
    'e\u0301',
    'Å',
    'A\u030a',
    '\u212b',
    'ﬁ',
    'fi',
    'İ',
    'ı',
    'ß',
    'SS',
    'ﷺ',
    'ａ',
    '\u1e9b\u0323',
    '가',
    '\u1100\u1161',
  ],
  ...['😀', '👩‍👩‍👧‍👦', '🇩🇪', '𝒜', '\u{10ffff}', '\u{1f600}\u{1f3fd}', '\ufffd', '\uffff', '\ufdd0', '\ue000'],
  ...[
    'שלום',
    'مرحبا',
    'a\u202eb',
    '\u2066a\u2069',
    '\u200f',
    '\u061c',
    'a\u200bb',
    '\u200d',
    '\ufeff',
    'a\ufeff',
    '\u00ad',
    '\u034f',
    '\u115f',
  ],
  ...[
    'a\u0301\u0302\u0303\u0304',
    '\u0301',
    'a\u00a0',
    '\u00a0',
    '\u2003a',
    '\u3000',
    '\u1680',
    '\u2028',
    'a\u2029b',
    '\u0085',
    'a\u0085b',
    '\u007f',
    '\u0080',
    '\u009f',
  ],
]

/** Texts with white space, line ends and control characters. */
const spaced: readonly string[] = [
  ...[
    ' ',
    '  ',
    ' a',
    'a ',
    ' a ',
    '\t',
    'a\t',
    '\ta',
    '\n',
    '\n\n',
    'a\n',
    '\na',
    'a\n\nb',
    'a\n  b\nc',
    '  a\nb',
    'a \nb',
    'a\n\n',
    '\n \n',
    'a\n\tb',
  ],
  ...[
    '\r',
    'a\rb',
    'a\r\nb',
    '\r\n',
    'a\n\rb',
    'a\r',
    '\u000b',
    '\f',
    '\b',
    '\u001b[31mred',
    '\u0001',
    '\u001f',
    'a\u0007',
    '- a\n- b\n',
    'a: |\n  b\n',
    '---\na\n',
    'a\n---\nb',
    '...\n',
    '# a\nb',
    'a\n# b',
    '%a\nb',
  ],
]

/** The traps themselves, alone. */
export const trapTexts: readonly string[] = ['', ...words, ...unusual, ...spaced]

/** A text: a trap, several of them, or a long one. */
export function anyText(chance: Chance): string {
  if (chance.oneIn(3)) return chance.pick(trapTexts)
  if (chance.oneIn(12)) return longText(chance, 100 + chance.below(400))
  return chance
    .times(1 + chance.below(4), () => chance.pick(trapTexts))
    .join(chance.pick(['', ' ', '', '\n', ': ', ' #', '-']))
}

/** Long lines with and without places to break them. */
function longText(chance: Chance, length: number): string {
  let text = ''
  while (text.length < length) text += chance.pick(['word ', 'longword', chance.pick(trapTexts), ' ', '. ', '\n', '  '])
  return text
}

/** A name for which `pattern` holds. `index` makes names different without making them harmless. */
export function anyName(chance: Chance, pattern: RegExp, most = 250): string {
  for (let tries = 0; tries < 200; tries += 1) {
    const name = nameFrom(chance, most)
    if (pattern.test(name)) return name
  }
  return `plain ${chance.below(1_000_000)}`
}

function nameFrom(chance: Chance, most: number): string {
  const parts = [...words, ...unusual, ...(chance.oneIn(3) ? spaced : [])]
  if (chance.oneIn(12))
    return `${chance.pick(parts)}${chance.pick(['a', 'é', 'ab-', '.', '😀'])}`
      .padEnd(most, chance.pick(['x', 'long ', 'é', '.', '..']))
      .slice(0, most)
      .replace(/[\ud800-\udbff]$/, 'x')
  if (chance.oneIn(2)) return chance.pick(parts)
  return chance.times(2, () => chance.pick(parts)).join(chance.pick(['', ' ', '-', '.', '/', ':', '#', '']))
}

/** Another name that a careless comparison takes for the same: other case, other normal form, a space more. */
export function twinOf(chance: Chance, name: string): string {
  const twins = [
    name.normalize('NFC'),
    name.normalize('NFD'),
    name.normalize('NFKC'),
    name.toUpperCase(),
    name.toLowerCase(),
    `${name} `,
    ` ${name}`,
    `${name}.`,
    `${name}#`,
    name.replaceAll('/', '%2F'),
  ]
  const others = twins.filter((twin) => twin !== name)
  return chance.pick(others.length > 0 ? others : [`${name}-twin`])
}
