import { Failure } from '../../src/model/failure.ts';
import type { Fetched } from '../../src/model/adapter.ts';
import { download } from '../kit/download.ts';
import type { Graph } from './graph.ts';
import { SHARED_HANDLE, stub, STUB_HANDLE } from './handles.ts';
import { readMessageAt } from './lookup.ts';
import type { Reader } from './lookup.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** What lets an app read what people share (docs: Access shared items, "Permissions"). */
const PERMISSION =
  'Microsoft Graph needs the application permission Files.Read.All (or Sites.Selected and the site), to which an admin consents';

/** Where a file lies that was shared in a channel or a group chat; undefined: the handle is of another kind. */
export async function siteUrlOf(
  reader: Reader,
  { tenant, handle }: { readonly tenant: string; readonly handle: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (handle.startsWith(SHARED_HANDLE)) return handle.slice(SHARED_HANDLE.length);
  if (!handle.startsWith(STUB_HANDLE)) return undefined;
  const parsed = stub.safeParse(parseJson(handle.slice(STUB_HANDLE.length)));
  if (!parsed.success) throw new Failure('invalid', 'this is no attachment in Teams');
  const { file, message, team, ...spot } = parsed.data;
  const where = { tenant, spot: { ...spot, replyTo: '', bot: '', ...(team !== '' && { team }) } };
  const found = await readMessageAt(reader, where, message, signal);
  const url = found.attachments.find(({ id }) => id === file)?.contentUrl ?? '';
  if (url === '') throw new Failure('gone', 'the file is in its message no more');
  return url;
}

type Wanted = {
  readonly tenant: string;
  readonly site: string;
  readonly mostBytes: number;
  readonly allowed: (url: URL) => boolean;
};

/** The token goes to Graph alone: what it leads to opens by itself. */
export async function fetchShared(graph: Graph, wanted: Wanted, signal: AbortSignal): Promise<Fetched> {
  const { tenant, site, mostBytes } = wanted;
  const share = `u!${Buffer.from(site).toString('base64url')}`;
  const url = graph.at(['shares', share, 'driveItem', 'content']);
  const headers = { authorization: `Bearer ${await graph.token(tenant, signal)}` };
  const allowed = (one: URL): boolean => one.href === url || wanted.allowed(one);
  const headersFor = (one: URL): Record<string, string> => (one.href === url ? headers : {});
  try {
    return await download({ url, mostBytes, allowed, headersFor }, signal);
  } catch (thrown) {
    if (!(thrown instanceof Failure && thrown.code === 'unauthorized')) throw thrown;
    throw new Failure('unauthorized', `the file is in SharePoint: ${PERMISSION}`, { cause: thrown });
  }
}
