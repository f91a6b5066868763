import type { ServerResponse } from 'node:http';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an HTML page, also inside of quotes. */
export const html = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');

/** A plain page, as people see it in a browser. `body` is HTML. */
export function sendPage(response: ServerResponse, status: number, title: string, body: string): void {
  const style =
    'body{font:16px system-ui;margin:3rem auto;max-width:34rem;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}';
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title><style>${style}</style>`;
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><html lang="en"><head>${head}</head><body><main><h1>${html(title)}</h1>${body}</main></body></html>`,
    );
}

/** Fields that nobody sees and that go with a form. */
export const hidden = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${html(name)}" value="${html(value)}">`)
    .join('');

export function redirect(response: ServerResponse, url: string): void {
  response.writeHead(302, { location: url }).end();
}
