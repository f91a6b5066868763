/** JSON in the place of which no value of JavaScript can stand: written into the text afterwards. */
export const RAW = {
  deep: `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  endless: '1e400',
  huge: '123456789012345678901234567890',
} as const;

/** A value whose letters are put into the JSON text as they are. */
export const raw = (name: keyof typeof RAW): string => `@@raw:${name}@@`;

/** JSON text of a value in which some strings stand for what JSON.stringify cannot write. */
export function write(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(
      /"@@raw:(deep|endless|huge)@@"/g,
      (_, name: string) => Object.entries(RAW).find(([key]) => key === name)?.[1] ?? 'null',
    )
    .replaceAll('"@@again:', '"');
}

/** What may stand where a payload has a value. */
export const HOSTILE: readonly unknown[] = [
  null,
  true,
  7,
  -1,
  0.5,
  [],
  {},
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  `${'x'.repeat(59)}😀`,
  `${'x'.repeat(199)}😀`,
  'x'.repeat(10_000),
  '9'.repeat(30),
  '18446744073709551616',
  '-1',
  '0001-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '+099999-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '999999999999.000000',
  '-1767574193.000100',
  '1e308',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '<at>x</at><b>*a*</b>',
  '*a _b ~c `d ```e',
  '<@U1|a> <https://a|b> <!date^1^x|y>',
  '<@1> <#2> <t:99999999999999:R> <:a:1>',
  '\u202e\u200b\ufeff\ufffc',
  "'; drop table switchboard.messages; --",
  ['\ud800', { a: '\u0000' }],
  raw('deep'),
  raw('endless'),
  raw('huge'),
];

/** Bodies that are no payload of anybody. */
export const BROKEN: readonly (readonly [what: string, body: Uint8Array])[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['half of an object', '{"type":"event_callback","event":'],
  ['words', 'hello'],
  ['HTML', '<html></html>'],
  ['a number', '12'],
  ['a huge number', RAW.huge],
  ['a number beyond all', RAW.endless],
  ['a list', '[1,2]'],
  ['null', 'null'],
  ['a text', '"text"'],
  ['NUL', '\u0000'],
  ['NUL in a string', '{"type":"a\u0000b"}'],
  ['ten thousand lists in each other', RAW.deep],
  ['forty thousand letters', 'x'.repeat(40_000)],
  ['two objects', '{}{}'],
  ['a form', 'payload=%7B%7D&ssl_check=1'],
  ['a broken form', 'payload=%E0%A4%A&%00=%FF'],
]
  .map(([what = '', body = '']) => [what, Buffer.from(body)] as const)
  .concat([
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['half of a letter', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['a mark of the byte order', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')])],
    ['UTF-16', Buffer.from('{"type":"message"}', 'utf16le')],
    ['gzip', Buffer.from('1f8b08000000000000ff', 'hex')],
  ]);
