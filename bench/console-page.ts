import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HubProcess } from '../sandbox/demo/hub-process.ts';

/** One open page of the console: it listens to what changes, and reads its list again when it has. */
export type ConsolePage = {
  /** Of each time: milliseconds from the newest activity in the list until the page has it. */
  readonly behindMs: readonly number[];
  readonly close: () => Promise<void>;
};

/** Milliseconds that the console waits for further topics of the same change (console/parts/use-live.ts). */
const TOGETHER_MS = 25;

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

/** Reads what the page of conversations reads: its list. What is counted beside the navigation has topics of its own. */
export async function openConsolePage(url: string, cookie: string): Promise<ConsolePage> {
  const behindMs: number[] = [];
  const closing = new AbortController();
  // A browser keeps its connections.
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string) => answerTo(`${url}/api/v1${path}`, { cookie, agent, signal: closing.signal });
  const live = await ask('/live');
  let newest = '';
  const read = async (): Promise<void> => {
    const list = await text(await ask('/conversations?limit=50'));
    const at = /"activeAt":"([^"]+)"/.exec(list)?.[1];
    if (at === undefined || at === newest) return;
    newest = at;
    behindMs.push(Math.max(0, Date.now() - Date.parse(at)));
  };
  const listen = async (): Promise<void> => {
    let reading: Promise<void> | undefined;
    for await (const chunk of live) {
      if (!String(chunk).includes('"conversations"')) continue;
      reading ??= sleep(TOGETHER_MS)
        .then(read)
        .finally(() => (reading = undefined));
      reading.catch(() => {});
    }
  };
  const listening = listen().catch(() => {});
  return {
    behindMs,
    async close() {
      closing.abort();
      await listening;
      agent.destroy();
    },
  };
}

type Asking = { readonly cookie: string; readonly agent: Agent; readonly signal: AbortSignal };

function answerTo(url: string, { cookie, agent, signal }: Asking): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { cookie }, agent, signal }, (answer) => {
      if (answer.statusCode === 200) resolve(answer);
      else reject(new Error(`${url} answered ${answer.statusCode}`));
    });
    request.on('error', reject);
  });
}
