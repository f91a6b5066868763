/** A page as a browser without scripts has it: fields of its one form, and where it goes. */
export type Page = { readonly status: number; readonly url: URL; readonly text: string };

export async function visit(url: string | URL, form?: Readonly<Record<string, string>>): Promise<Page> {
  const sent = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url, { ...sent, redirect: 'manual' });
  const text = await response.text();
  const location = response.headers.get('location');
  return { status: response.status, url: new URL(location ?? url, url), text };
}

/** Presses the form's button, with what is chosen beside the hidden fields. */
export function press(page: Page, chosen: Readonly<Record<string, string>> = {}): Promise<Page> {
  const action = /<form method="post" action="([^"]*)"/.exec(page.text)?.[1];
  if (action === undefined) throw new Error(`there is no form: ${page.text.slice(0, 300)}`);
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, unescape(value)]));
  return visit(new URL(action, page.url), { ...fields, ...chosen });
}

const unescape = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
