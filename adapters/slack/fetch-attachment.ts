import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { download } from '../kit/download.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { fileAnswer } from './payload.ts';

/** Where Slack keeps files, and GovSlack. Its login pages are on other hosts, which are refused. */
const FILE_HOSTS = new Set(['files.slack.com', 'files.slack-gov.com']);

/**
 * Reads a file with the bot's token, which goes to Slack's file hosts and to the configured API host only.
 * A token without `files:read` gets a login page with status 200: that page is never taken for the file.
 */
export function openFetchAttachment(client: Client): Adapter['fetchAttachment'] {
  const own = new URL(client.apiUrl);
  const allowed = (url: URL): boolean =>
    url.origin === own.origin || (url.protocol === 'https:' && FILE_HOSTS.has(url.host));

  return async (access, handle, mostBytes, signal) => {
    const url = handle.startsWith('id:') ? await addressOf(handle.slice(3)) : handle;
    const headers = { authorization: `Bearer ${client.tokenFor(access)}` };
    const fetched = await download({ url, allowed, headersFor: () => headers, mostBytes }, signal);
    const html = fetched.mediaType?.toLowerCase().startsWith('text/html') === true;
    if (html && !/\.html?$/i.test(new URL(url).pathname)) {
      throw new Failure('unauthorized', 'Slack showed its login page: the app needs the scope files:read');
    }
    return fetched;

    async function addressOf(file: string): Promise<string> {
      const answer = shaped(fileAnswer, 'files.info', await client.read(access, 'files.info', { file }, signal));
      const { url_private_download, url_private } = answer.file;
      const found = url_private_download === '' ? url_private : url_private_download;
      if (found === '') throw new Failure('gone', 'the file has no address any more');
      return found;
    }
  };
}
