import type { Access, Adapter, Fetched } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { download } from '../kit/download.ts';
import { refuseLoginPage } from '../kit/login-page.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { fileHosts } from './hosts.ts';
import { fileAnswer } from './payload.ts';

const FIX = 'the app needs the scope files:read; add it and install the app again';

type File = ReturnType<typeof fileAnswer.parse>['file'];

/**
 * Reads a file with the bot's token, which goes to Slack's file hosts and to the configured API host only.
 * A token without `files:read` gets a login page with status 200, or is sent to one: it is never taken for the file.
 */
export function openFetchAttachment(client: Client): Adapter['fetchAttachment'] {
  return async (access, handle, mostBytes, signal) => {
    const file = handle.startsWith('id:') ? await infoOf(client, access, handle.slice(3), signal) : undefined;
    const url = file === undefined ? handle : addressOf(file);
    const headers = { authorization: `Bearer ${client.tokenFor(access)}` };
    const fetched = await downloadFrom(client, { url, headers, mostBytes }, signal);
    const promised = { name: URL.parse(url)?.pathname, mediaType: file?.mimetype };
    refuseLoginPage(fetched, promised, FIX);
    const isPage = fetched.mediaType?.toLowerCase().startsWith('text/html') === true;
    if (isPage && file === undefined) await mustBe(client, access, { url, fetched }, signal);
    return fetched;
  };
}

type Wanted = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly mostBytes: number };

async function downloadFrom(
  client: Client,
  { url, headers, mostBytes }: Wanted,
  signal: AbortSignal,
): Promise<Fetched> {
  const isSlack = fileHosts(client.apiUrl);
  let sentToSignIn = false;
  const allowed = (asked: URL): boolean => {
    sentToSignIn ||= asked.href !== URL.parse(url)?.href && /(^|\.)slack(-gov)?\.com$/.test(asked.hostname);
    return isSlack(asked);
  };
  try {
    return await download({ url, allowed, headersFor: () => headers, mostBytes }, signal);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'refused' || !sentToSignIn) throw thrown;
    throw new Failure('unauthorized', `download: sent to a page to sign in at: ${FIX}`);
  }
}

/** A page where a page was meant: only the file's size tells whether it is the one. */
async function mustBe(
  client: Client,
  access: Access,
  { url, fetched }: { readonly url: string; readonly fetched: Fetched },
  signal: AbortSignal,
): Promise<void> {
  const id = /-(F\w{1,40})\//.exec(url)?.[1];
  if (id === undefined) return;
  const { size } = await infoOf(client, access, id, signal);
  const { bytes, truncated } = fetched;
  if (typeof size !== 'number' || size === bytes.byteLength || (truncated && size > bytes.byteLength)) return;
  throw new Failure('unauthorized', `download: a page to sign in at came in place of the file: ${FIX}`);
}

async function infoOf(client: Client, access: Access, file: string, signal: AbortSignal): Promise<File> {
  return shaped(fileAnswer, 'files.info', await client.read(access, 'files.info', { file }, signal)).file;
}

function addressOf({ url_private_download, url_private }: File): string {
  const found = url_private_download === '' ? url_private : url_private_download;
  if (found === '') throw new Failure('gone', 'the file has no address any more');
  return found;
}
