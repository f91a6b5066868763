import { z } from 'zod';
import type { HubProcess } from '../sandbox/demo/hub-process.ts';

/** One open page of the console: it listens to what changes, and reads its list again when it has. */
export type ConsolePage = {
  /** Of each time: milliseconds from the newest activity in the list until the page has it. */
  readonly behindMs: readonly number[];
  readonly close: () => Promise<void>;
};

const List = z.object({ items: z.array(z.object({ activeAt: z.string() })) });

/** Signs the first owner up by the link that the hub printed. @returns the cookie of the session. */
export async function signUp(hub: HubProcess): Promise<string> {
  const token = /first-run#([\w-]+)/.exec(hub.introduction)?.[1];
  const answer = await fetch(`${hub.url}/api/auth/first-run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: hub.url },
    body: JSON.stringify({ token, name: 'Ada', email: 'ada@example.com', password: 'correct horse battery staple' }),
  });
  if (!answer.ok) throw new Error(`nobody could sign up: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

export async function openConsolePage(url: string, cookie: string): Promise<ConsolePage> {
  const behindMs: number[] = [];
  const closing = new AbortController();
  const { signal } = closing;
  const live = await fetch(`${url}/api/v1/live`, { headers: { cookie }, signal });
  if (live.body === null || !live.ok) throw new Error(`a page cannot listen: ${live.status}`);
  const reader = live.body.pipeThrough(new TextDecoderStream()).getReader();
  let newest = '';
  const read = async (): Promise<void> => {
    const answer = await fetch(`${url}/api/v1/conversations?limit=25`, { headers: { cookie }, signal });
    const [first] = List.parse(await answer.json()).items;
    if (first === undefined || first.activeAt === newest) return;
    newest = first.activeAt;
    behindMs.push(Math.max(0, Date.now() - Date.parse(newest)));
  };
  const listen = async (): Promise<void> => {
    for (;;) {
      const { done, value = '' } = await reader.read();
      if (done) return;
      // One read for all that came together, as the console does it.
      if (value.includes('"conversations"')) await read();
    }
  };
  const listening = listen().catch(() => {});
  return {
    behindMs,
    async close() {
      closing.abort();
      await listening;
    },
  };
}
