import { parseMarkdown } from '../../../src/model/markdown.ts';

/** Every way in which CommonMark makes a link or an image of something. */
export function linksIn(text: string): readonly string[] {
  const found: string[] = [];
  const walk = (node: { type: string; url?: unknown; value?: unknown; children?: unknown }): void => {
    if ((node.type === 'link' || node.type === 'image' || node.type === 'definition') && typeof node.url === 'string')
      found.push(node.url);
    if (node.type === 'html' && typeof node.value === 'string' && /<(a|img)\b/i.test(node.value))
      found.push(node.value);
    if (Array.isArray(node.children)) for (const child of node.children) walk(child);
  };
  walk(parseMarkdown(text));
  return found.filter(leadsAway);
}

/** As a browser understands it on a platform's own page. */
function leadsAway(url: string): boolean {
  if (url.startsWith('<')) return true;
  if (!URL.canParse(url, 'https://platform.example')) return false;
  const { protocol, hostname } = new URL(url, 'https://platform.example');
  return protocol !== 'hxxps:' && protocol !== 'hxxp:' && hostname !== 'platform.example';
}

/** Ways in which a link to a host that nobody named can be written. */
export const DISGUISES: readonly string[] = [
  '[a](https://evil.example)',
  '[a](<https://evil.example/x y>)',
  '![a](https://evil.example/i.png?d=secret)',
  '[a]: https://evil.example\n\n[a]',
  '[a]:\nhttps://evil.example\n\n[a]',
  '<https://evil.example>',
  '[a](https\\://evil.example)',
  '[a](https:\\/\\/evil.example)',
  '[a](https&#58;//evil.example)',
  '[a](https&colon;&sol;&sol;evil.example)',
  '[a](//evil.example)',
  '[a](HTTPS://EVIL.EXAMPLE)',
  '[a](javascript:evil)',
  '[a](data:text/html,evil)',
  '[a](ftp://evil.example)',
  '<a href="https://evil.example">x</a>',
  '<img src=https://evil.example/x>',
  '`code` https://evil.example `code`',
  '| ` | https://evil.example | ` |\n| - | - | - |\n| ` | https://evil.example | ` |',
  'https://good.example@evil.example/',
  '- `\n- https://evil.example\n- `',
  '<javascript:evil>',
  '    [a](https://evil.example)\n[a](https://evil.example)',
  '> ```\nhttps://evil.example\n> ```',
  '[a](//evil。example)',
  '[a](//evil)',
  '[a](<https:\t//evil>)',
  '[a](http:evil.zz)',
  '[a](http:/evil.zz)',
  '[a](https:/\\\\evil.zz)',
  '[a](https:\\\\\\\\evil.zz)',
  '[a](\\\\\\\\evil.zz)',
  '[a](/\\\\evil.zz)',
  '<https:\\\\evil.zz>',
  'data@evil.example',
  '- ```\n  code\n  ```\nhttps://evil.example',
  '  ```\n```\nhttps://evil.example',
  '1. ~~~\n\n~~~\nhttps://evil.example\n',
  '<div>\n```\n<a href="https://evil.example">x</a>\n```',
  '- <div>\n  ```\n  <img src="https://evil.example">\n  ```',
  '<x-y>\n```\n<a href="https://evil.example">x</a>',
  '```\ncode\n``` \nhttps://evil.example',
];
